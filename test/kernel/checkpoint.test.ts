import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { controller } from '../harness/controllers.js';
import { counted, countingBundle, countOf, countsOn, criu, savedCounting } from '../harness/criu.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { shellHook } from '../harness/hooks.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const quiet = { stdio: 'ignore' } as const;

describeWith([root, busybox, criu], 'checkpoint and restore', () => {
	test('a program goes on where it was, and the container is an ordinary one', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const images = join(scratch(), 'images');
		const id = containerId();
		await using first = await runtime.run(id, bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images);
		const saved = countOf(bundle);
		expect(await first.wait()).toEqual({ code: null, signal: 9 });
		expect((await failureOf(runtime.get(id))).code).toBe('ERR_NOT_FOUND');
		expect(lstatSync(images).mode & 0o777).toBe(0o700);
		expect(JSON.parse(readFileSync(join(images, 'descriptors.json'), 'utf8'))).toHaveLength(3);

		await using second = await runtime.restore(id, bundle.path, images, quiet);
		expect(await second.state()).toMatchObject({ id, status: 'running', pid: second.pid, bundle: bundle.path });
		await countsOn(bundle, saved);
		expect(await second.ps()).toContain(second.pid);
		const shell = await second.exec(['sh', '-c', 'test -e /proc/1/root/count && exit 7'], quiet);
		expect(await shell.wait()).toEqual({ code: 7, signal: null });
		expect(readdirSync(join(stateRoot(), id)).sort()).toEqual(['config.json', 'lock', 'state.json']);
		await second.pause();
		expect((await second.state()).status).toBe('paused');
		await second.resume();
		for await (const stats of second.stats()) {
			expect(stats.pids?.current ?? 1).toBeGreaterThan(0);
			break;
		}
		await second.kill(15);
		await second.kill(9);
		expect(await second.wait()).toEqual({ code: null, signal: 9 });
		await second.delete();
		expect((await failureOf(runtime.get(id))).code).toBe('ERR_NOT_FOUND');
	});

	test('cgroups of others are not saved', async () => {
		const runtime = newRuntime();
		const [bundle, other] = [countingBundle(), countingBundle()];
		const images = scratch('images');
		await using second = await runtime.run(containerId('neighbour'), other.path, quiet);
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images);
		const saved = readFileSync(join(images, 'cgroup.img'), 'latin1');
		expect(saved).toContain(first.id);
		expect(saved).not.toContain(second.id);
	});

	test('again and again, and by another id', async () => {
		const { runtime, bundle, images, count } = await savedCounting();
		let saved = count;
		for (let round = 0; round < 2; round++) {
			await using again = await runtime.restore(containerId(), bundle.path, images, quiet);
			await countsOn(bundle, saved);
			await again.checkpoint(images);
			saved = countOf(bundle);
		}
	});

	test('left running, it counts on; what was saved is another container', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const images = scratch('images');
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images, { leaveRunning: true });
		const saved = countOf(bundle);
		expect((await first.state()).status).toBe('running');
		await counted(bundle, saved);
		await first.delete({ force: true });
		await using second = await runtime.restore(containerId(), bundle.path, images, quiet);
		expect((await second.state()).status).toBe('running');
		await counted(bundle, countOf(bundle));
	});

	test('a paused container is saved, and runs after the restore', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const images = scratch('images');
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.pause();
		const saved = countOf(bundle);
		await first.checkpoint(images);
		await using _second = await runtime.restore(containerId(), bundle.path, images, quiet);
		await countsOn(bundle, saved);
	});

	test('pipes are connected anew', async () => {
		const runtime = newRuntime();
		const images = scratch('images');
		const { path } = scriptBundle('while read word; do echo "got $word"; done');
		await using first = await runtime.run(containerId(), path, { stdio: 'pipe' });
		first.stdin?.write('one\n');
		for await (const line of first.lines()) {
			expect(line).toBe('got one');
			break;
		}
		await first.checkpoint(images);
		await using second = await runtime.restore(containerId(), path, images, { stdio: 'pipe' });
		second.stdin?.end('two\nthree\n');
		expect(await second.output()).toMatchObject({ stdout: 'got two\ngot three\n', stderr: '' });
		expect(await second.wait()).toEqual({ code: 0, signal: null });
	});

	test('what was /dev/null stays it, each end in its own direction', async () => {
		const { runtime, bundle, images } = await savedCounting();
		await using second = await runtime.restore(containerId(), bundle.path, images, { stdio: 'pipe' });
		const links = [0, 1, 2].map((number) => readlinkSync(`/proc/${second.pid}/fd/${number}`));
		expect(links).toEqual(['/dev/null', '/dev/null', '/dev/null']);
		const flags = [0, 1].map((number) => readFileSync(`/proc/${second.pid}/fdinfo/${number}`, 'utf8'));
		const before = flags.map((text) => Number(/^flags:\s*(\d+)$/m.exec(text)?.[1]) % 10);
		expect(before[0]).not.toBe(1);
		expect(before[1]).not.toBe(0);
	});

	test('a pid file, and the cgroup of the new container', async () => {
		const { runtime, bundle, images, id: old } = await savedCounting();
		const pidFile = join(scratch(), 'pid');
		await using second = await runtime.restore(containerId(), bundle.path, images, { ...quiet, pidFile });
		expect(readFileSync(pidFile, 'utf8')).toBe(String(second.pid));
		const cgroups = readFileSync(`/proc/${second.pid}/cgroup`, 'utf8');
		expect(cgroups).toContain(`/${second.id}\n`);
		expect(cgroups).not.toContain(`/${old}\n`);
	});

	test('a bundle that has no mount points yet', async () => {
		const runtime = newRuntime();
		const volume = scratch('volume');
		const file = join(scratch('file'), 'hosts');
		writeFileSync(file, 'of the host');
		const edit = (config: Parameters<NonNullable<Parameters<typeof countingBundle>[0]>>[0]) => {
			config.mounts.push({ destination: '/made/volume', source: volume, options: ['rbind'] });
			config.mounts.push({ destination: '/made/volume/inner', type: 'tmpfs', source: 'tmpfs' });
			config.mounts.push({ destination: '/made/hosts', source: file, options: ['bind', 'ro'] });
		};
		const bundle = countingBundle(edit, 'echo kept >/made/volume/inner/file');
		const images = scratch('images');
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images);
		const fresh = countingBundle(edit);
		await using second = await runtime.restore(containerId(), fresh.path, images, quiet);
		await counted(fresh);
		const look = await second.exec(
			['sh', '-c', 'cat /made/volume/inner/file /made/hosts; touch /made/volume/seen; touch /made/hosts || echo ro'],
			{ stdio: ['ignore', 'pipe', 'ignore'] },
		);
		expect((await look.output()).stdout).toBe('kept\nof the hostro\n');
		expect(existsSync(join(volume, 'seen'))).toBe(true);
	});

	test('of a container that does not run', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		await using created = await runtime.create(containerId(), bundle.path, quiet);
		expect(await failureOf(created.checkpoint(scratch('images')))).toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: 'Container cannot be checkpointed in created state',
		});
		await created.kill(9);
		await created.wait();
		expect((await failureOf(created.checkpoint(scratch('images')))).message).toBe(
			'Container cannot be checkpointed in stopped state',
		);
	});

	test('a restore that is given up leaves nothing, and can be made again', async () => {
		const { runtime, bundle, images, count: saved } = await savedCounting();
		// While CRIU works, at the moment when the processes have their namespaces.
		const slow = countingBundle((config) => {
			config.hooks = { createRuntime: [{ path: '/bin/sleep', args: ['sleep', '60'] }] };
		});
		const id = containerId();
		const controller = new AbortController();
		const restoring = failureOf(runtime.restore(id, slow.path, images, { ...quiet, signal: controller.signal }));
		const children = () => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
		await eventually('the hook runs', () => children().some((pid) => commandOf(pid) === 'sleep'));
		controller.abort();
		expect(await restoring).toMatchObject({ code: 'ERR_ABORTED', also: [] });
		expect(existsSync(join(stateRoot(), id))).toBe(false);

		await using _second = await runtime.restore(id, bundle.path, images, quiet);
		await countsOn(bundle, saved);
	});

	test('a pid file that cannot be written: the container is gone again, and its poststop hooks have run', async () => {
		const runtime = newRuntime();
		const ended = join(scratch(), 'ended');
		const bundle = countingBundle((config) => {
			config.hooks = { poststop: [shellHook(`echo ended >>${ended}`)] };
		});
		const images = scratch('images');
		const first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images);
		expect(readFileSync(ended, 'utf8')).toBe('ended\n');
		const id = containerId();
		const pidFile = '/nonexistent/folder/pid';
		const error = await failureOf(runtime.restore(id, bundle.path, images, { ...quiet, pidFile }));
		expect(error).toMatchObject({ path: pidFile, errno: 'ENOENT', containerId: id, also: [] });
		expect(readFileSync(ended, 'utf8')).toBe('ended\nended\n');
		expect(existsSync(join(stateRoot(), id))).toBe(false);
	});

	test('images that are damaged: a clear error, and nothing is left', async () => {
		const { runtime, bundle, images } = await savedCounting();
		writeFileSync(join(images, 'pstree.img'), 'no image');
		const id = containerId();
		const error = await failureOf(runtime.restore(id, bundle.path, images, quiet));
		expect(error).toMatchObject({ code: 'ERR_CRIU', containerId: id, also: [] });
		expect(error.message).toMatch(/^criu cannot restore the container: .*\S/s);
		expect(error.hint).toContain(join(images, 'restore.log'));
		expect(readFileSync(join(images, 'restore.log'), 'utf8')).toContain('Error');
		expect(existsSync(join(stateRoot(), id))).toBe(false);
		await eventually('its cgroup is gone', () => !existsSync(`/sys/fs/cgroup/${id}`));
	});
});

describeWith([root, busybox, criu, controller('pids')], 'the limits of a restored container', () => {
	test('are those of the bundle', async () => {
		const runtime = newRuntime();
		const limited = (limit: number) =>
			countingBundle((config) => {
				config.linux['resources'] = { pids: { limit } };
			});
		const [before, after] = [limited(20), limited(30)];
		const images = scratch('images');
		await using first = await runtime.run(containerId(), before.path, quiet);
		await counted(before);
		await first.checkpoint(images);
		await using second = await runtime.restore(containerId(), after.path, images, quiet);
		await counted(after);
		const record = JSON.parse(readFileSync(join(stateRoot(), second.id, 'state.json'), 'utf8'));
		const directory = record.cgroup.paths.v1?.pids ?? record.cgroup.paths.v2;
		expect(readFileSync(join(directory, 'pids.max'), 'utf8')).toBe('30\n');
	});
});

function commandOf(pid: string): string | undefined {
	try {
		return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	} catch {
		// It has ended meanwhile.
		return undefined;
	}
}
