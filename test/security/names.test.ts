import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';

/** The error of a create, of which nothing may be left. */
async function refusal(edit: (config: Config) => void) {
	return failureOf(newRuntime().create(containerId(), bundle(edit, 'empty').path, { stdio: 'ignore' }));
}

// crun 1.28 and others had state written outside of their root by such ids.
describeWith([root], 'an id that is a path', () => {
	test.each(['..', '.', 'a/b', '../up', '/abs', 'a\0b', '', 'a'.repeat(256), 'ä', 'a b', 'a\n', '@seccomp'])(
		'%j is refused, and nothing is written anywhere',
		async (id) => {
			const above = scratch('above');
			const state = join(above, 'root');
			mkdirSync(state, { mode: 0o700 });
			const runtime = newRuntime({ root: state });
			const { path } = bundle(() => {}, 'empty');
			for (const attempt of [runtime.create(id, path, { stdio: 'ignore' }), runtime.get(id)])
				expect(await failureOf(attempt)).toMatchObject({ code: 'ERR_ID_INVALID' });
			expect(readdirSync(above)).toEqual(['root']);
			expect(readdirSync(state)).toEqual([]);
		},
	);

	test.each(['delete', 'kill', 'state', 'exec'])('%s does not follow one either', async (verb) => {
		const victim = join(scratch('victim'), 'kept');
		mkdirSync(victim);
		writeFileSync(join(victim, 'state.json'), '{}');
		const id = `../${victim.slice(1)}`;
		const rest = verb === 'exec' ? ['true'] : [];
		const { status, stderr } = await tsrun([verb, ...(verb === 'delete' ? ['--force'] : []), id, ...rest]);
		expect(status).toBe(verb === 'exec' ? 255 : 1);
		expect(stderr).toContain('invalid container ID format');
		expect(existsSync(join(victim, 'state.json'))).toBe(true);
	});
});

describeWith([root], 'a cgroup outside of its tree', () => {
	test.each(['..', '/..', '../../escape', '/a/../../b', 'a/..', '/a/b/..'])(
		'cgroupsPath %s is refused',
		async (path) => {
			// Others make cgroups of their own at the same time.
			const ours = () => readdirSync('/sys/fs/cgroup').filter((name) => name.includes(token) || name === 'escape');
			const before = ours();
			expect(await refusal((config) => void Object.assign(config.linux, { cgroupsPath: path }))).toMatchObject({
				code: 'ERR_CONFIG_INVALID',
				pointer: '/linux/cgroupsPath',
			});
			expect(ours()).toEqual(before);
		},
	);
});

describeWith([root, busybox], 'exec --cgroup outside of the container’s cgroup', () => {
	test.each(['..', '/..', '../..', 'memory:..', 'a/../../..'])('%s is refused', async (path) => {
		const box = bundle((config) => void Object.assign(config.process, { args: ['sleep', '600'] }));
		await using container = await newRuntime().run(containerId(), box.path, { stdio: 'ignore' });
		const { status, stdout } = await tsrun(['exec', '--cgroup', path, container.id, 'echo', 'ran']);
		expect({ status, stdout }).toMatchObject({ stdout: '' });
		expect(status).not.toBe(0);
	});
});

describeWith([root], 'a name in a cgroup that is a path', () => {
	test.each(['../x', '2MB/../../x', '2MB\n', '', '2mb', '0MB', '2MB.x', '..'])(
		'the huge page size %j',
		async (pageSize) => {
			const error = await refusal((config) => {
				config.linux['resources'] = { hugepageLimits: [{ pageSize, limit: 0 }] };
			});
			expect(error).toMatchObject({
				code: 'ERR_CONFIG_INVALID',
				pointer: '/linux/resources/hugepageLimits/0/pageSize',
			});
		},
	);

	test.each(['../cgroup.procs', 'a/b', '/etc/passwd', '..', '.', '', '../../release_agent'])(
		'the unified key %j',
		async (key) => {
			const error = await refusal((config) => {
				config.linux['resources'] = { unified: { [key]: '1' } };
			});
			expect(error.code).toBe('ERR_CONFIG_INVALID');
			expect(error.pointer).toMatch(/^\/linux\/resources\/unified/);
		},
	);
});

// A `+` joined several parameters for a helper of the engine, of which only the first was looked at.
describeWith([root], 'CVE-2022-0811: a kernel parameter that is not the container’s', () => {
	const look = () => ['core_pattern', 'hostname'].map((name) => readFileSync(`/proc/sys/kernel/${name}`, 'utf8'));

	test.each([
		...[
			'kernel.core_pattern',
			'kernel/core_pattern',
			'kernel.shm_rmid_forced+kernel.core_pattern',
			'kernel.shmmax/../core_pattern',
		],
		...['net/../kernel/core_pattern', 'net.../kernel.core_pattern', 'net..kernel', 'net', 'net.', '.net.x'],
		...[
			'net/ipv4/../../kernel/core_pattern',
			'/net/core/somaxconn',
			'fs.mqueue/../../kernel/core_pattern',
			'kernel.hostname',
		],
		...['vm.overcommit_memory', 'fs.file-max', 'fs.mqueuex.y', 'kernel.msgmaxx', 'user', '', 'net/x/./y', 'net/x//y'],
	])('%j is refused', async (name) => {
		const before = look();
		const error = await refusal((config) => {
			config.linux['sysctl'] = { [name]: '|/evil' };
		});
		expect(error.code).toBe('ERR_CONFIG_INVALID');
		expect(look()).toEqual(before);
	});

	test.each([
		['network', 'net.core.somaxconn'],
		['ipc', 'kernel.msgmax'],
		['uts', 'kernel.domainname'],
	])('nor one of the %s namespace that is joined and is the runtime’s own', async (type, name) => {
		const file = `/proc/sys/${name.replaceAll('.', '/')}`;
		const before = readFileSync(file, 'utf8');
		const kind = type === 'network' ? 'net' : type;
		const error = await refusal((config) => {
			config.linux.namespaces = config.linux.namespaces.filter((entry) => entry.type !== type);
			config.linux.namespaces.push({ type, path: `/proc/self/ns/${kind}` });
			if (type === 'uts') delete config.hostname;
			config.linux['sysctl'] = { [name]: '4242' };
		});
		expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
		expect(readFileSync(file, 'utf8')).toBe(before);
	});
});

describeWith([root], 'CVE-2023-25153: documents without end', () => {
	test('a config.json of 1 GiB is refused before it is read', async () => {
		const { path } = bundle(() => {}, 'empty');
		truncateSync(join(path, 'config.json'), 1024 ** 3);
		const began = process.memoryUsage().rss;
		expect(await failureOf(newRuntime().create(containerId(), path, { stdio: 'ignore' }))).toMatchObject({
			code: 'ERR_BUNDLE',
		});
		expect(process.memoryUsage().rss - began).toBeLessThan(100 * 1024 ** 2);
		const { status, stderr } = await tsrun(['create', '-b', path, containerId()]);
		expect({ status, short: stderr.length < 1000 }).toEqual({ status: 1, short: true });
	});

	test('so are a fifo, a device and a directory in its place', async () => {
		for (const make of ['mkfifo', 'mkdir', 'ln -s /dev/zero']) {
			const { path } = bundle(() => {}, 'empty');
			execFileSync('sh', ['-c', `rm config.json; ${make} config.json`], { cwd: path });
			expect(await failureOf(newRuntime().create(containerId(), path, { stdio: 'ignore' }))).toMatchObject({
				code: 'ERR_BUNDLE',
			});
		}
	});
});

describeWith([root, busybox], 'CVE-2023-25153: documents of exec and update', () => {
	test('that have no end are refused after a bound, from files, devices and standard input', async () => {
		const file = join(scratch(), 'large.json');
		writeFileSync(file, '');
		truncateSync(file, 1024 ** 3);
		const box = bundle((config) => void Object.assign(config.process, { args: ['sleep', '600'] }));
		await using container = await newRuntime().run(containerId(), box.path, { stdio: 'ignore' });
		for (const endless of [file, '/dev/zero']) {
			for (const [verb, option] of [
				['exec', '--process'],
				['update', '--resources'],
			] as const) {
				const { stderr } = await tsrun([verb, option, endless, container.id]);
				expect(stderr).toContain('it has more than 16777216 bytes');
			}
		}
		const input = ' '.repeat(17 * 1024 ** 2);
		const { stderr } = await tsrun(['update', '--resources', '-', container.id], { input });
		expect(stderr).toContain('it has more than 16777216 bytes');
	});
});
