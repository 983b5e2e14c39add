import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cgroupDirectory, gatherFacts } from '../../lib/host/index.js';
import { Runtime } from '../../lib/index.js';
import { parseProcessCgroup } from '../../lib/os/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { shellHook } from '../harness/hooks.js';
import { newRuntime, run } from '../harness/inside.js';
import { busybox, cgroupView, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';

/** Paths of a process in the hierarchies that are mounted here, by name. */
function cgroupsOf(text: string): Map<string, string> {
	const mounted = readFileSync('/proc/self/mountinfo', 'utf8');
	const found = new Map<string, string>();
	for (const { hierarchy, controllers, name, path } of parseProcessCgroup(text)) {
		const key = name === undefined ? controllers.join(',') : `name=${name}`;
		const seen = hierarchy === 0 ? / - cgroup2 / : new RegExp(` - cgroup .*[ ,]${key}(,|$)`, 'm');
		if (seen.test(mounted)) found.set(hierarchy === 0 ? 'unified' : key, path);
	}
	return found;
}

const ofProcess = (pid: number) => cgroupsOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));

describeWith([root, busybox], 'the cgroup of a container', () => {
	test('is joined in every hierarchy before start', async () => {
		const { path } = scriptBundle('sleep 600');
		const id = containerId();
		await using container = await newRuntime().create(id, path, { stdio: 'ignore' });
		const cgroups = ofProcess(container.pid);
		expect(cgroups.size).toBeGreaterThan(cgroupView() === 'cgroup2' ? 0 : 3);
		for (const [hierarchy, place] of cgroups) expect([hierarchy, basename(place)]).toEqual([hierarchy, id]);
	});

	test('is refused where somebody’s processes are in it, or below it, who stay alive', async () => {
		const [theirs, ours] = [containerId(), containerId()];
		await using first = await newRuntime().run(theirs, scriptBundle('sleep 600').path, { stdio: 'ignore' });
		await using below = await newRuntime().run(
			containerId(),
			scriptBundle('sleep 600', ({ linux }) => {
				linux['cgroupsPath'] = `${ours}/inner`;
			}).path,
			{ stdio: 'ignore' },
		);
		// Another state root, as of another runtime, does not know the id.
		for (const id of [theirs, ours]) {
			const other = new Runtime({ root: scratch() });
			expect(await failureOf(other.create(id, scriptBundle('true').path, { stdio: 'ignore' }))).toMatchObject({
				code: 'ERR_CGROUP',
				message: expect.stringMatching(/^container's cgroup is not empty: \d+ process\(es\) found$/),
			});
		}
		for (const container of [first, below]) expect((await container.state()).status).toBe('running');
	});

	test('is the same for the program, for its children, and for exec', async () => {
		const { path } = scriptBundle('sleep 600 & wait');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const handle = await container.exec(['sleep', '600'], { stdio: 'ignore' });
		const pids = await container.ps();
		expect(pids).toEqual(expect.arrayContaining([container.pid, handle.pid]));
		for (const pid of pids) expect(ofProcess(pid)).toEqual(ofProcess(container.pid));
	});

	test('is entered by exec, too, where it was killed before the container was made', async () => {
		const { unified } = gatherFacts().cgroup;
		const directory = unified === undefined ? undefined : cgroupDirectory(unified, `/${token}-killed`);
		if (directory !== undefined) mkdirSync(directory);
		// Since Linux 5.14; kernels that have it may kill what is cloned into such a cgroup (seen with 6.18).
		if (existsSync(`${directory}/cgroup.kill`)) writeFileSync(`${directory}/cgroup.kill`, '1');
		try {
			const { path } = scriptBundle('sleep 600', ({ linux }) => {
				linux['cgroupsPath'] = `/${token}-killed`;
			});
			await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
			const handle = await container.exec(['sleep', '600'], { stdio: 'ignore' });
			expect(ofProcess(handle.pid)).toEqual(ofProcess(container.pid));
		} finally {
			if (directory !== undefined) rmdirSync(directory);
		}
	});

	test('exec may ask for a place below it, where there is one', async () => {
		const { path } = scriptBundle('sleep 600');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const into = (place: string) => container.exec(['true'], { stdio: 'ignore', cgroup: [place] });
		expect(await failureOf(into('nowhere'))).toMatchObject({
			code: 'ERR_CGROUP',
			errno: 'ENOENT',
			message: expect.stringMatching(/^error adding pid \d+ to cgroups: .*\/nowhere: no such file or directory$/),
		});
		expect(await failureOf(into('../other'))).toMatchObject({ code: 'ERR_ARGUMENT' });
		expect(await (await into('/')).wait()).toEqual({ code: 0, signal: null });
	});

	test('is joined before the first hook runs', async () => {
		const file = join(scratch(), 'cgroup');
		const id = containerId();
		const { path } = scriptBundle('true', (config) => {
			// The pid of init is in the state that the hook reads.
			const pid = `$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/')`;
			config.hooks = { prestart: [shellHook(`cat /proc/${pid}/cgroup > ${file}`)] };
		});
		await run(path, { id });
		for (const place of cgroupsOf(readFileSync(file, 'utf8')).values()) expect(place).toContain(id);
	});

	test.each([
		[
			'absolute: from the mount of the hierarchy',
			(name: string) => `/${name}/inner`,
			(name: string) => `/${name}/inner`,
		],
		['relative: from the runtime’s own', (name: string) => `${name}/inner`, undefined],
	])('cgroupsPath, %s', async (_, asked, expected) => {
		const name = containerId('group');
		const { path } = scriptBundle('sleep 600', (config) => {
			config.linux['cgroupsPath'] = asked(name);
		});
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		for (const place of ofProcess(container.pid).values()) {
			if (expected === undefined) expect(place).toMatch(new RegExp(`/${name}/inner$`));
			else expect(place).toBe(expected(name));
		}
	});

	test('a cgroup namespace has the container’s cgroup for its root', async () => {
		const { path } = scriptBundle('cat /proc/self/cgroup', (config) => {
			config.linux.namespaces = [
				...config.linux.namespaces.filter(({ type }) => type !== 'cgroup'),
				{ type: 'cgroup' },
			];
		});
		const { stdout } = await run(path);
		expect(cgroupsOf(stdout).size).toBeGreaterThan(0);
		for (const [hierarchy, place] of cgroupsOf(stdout)) expect([hierarchy, place]).toEqual([hierarchy, '/']);
	});

	test('without a cgroup manager the process stays where the caller is', async () => {
		const { path } = scriptBundle('sleep 600');
		await using container = await newRuntime({ cgroupManager: 'disabled' }).create(containerId(), path, {
			stdio: 'ignore',
		});
		expect(ofProcess(container.pid)).toEqual(ofProcess(process.pid));
	});
});
