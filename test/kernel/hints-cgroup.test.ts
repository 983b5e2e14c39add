import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { cgroupOf, legacyController } from '../harness/controllers.js';
import { failing, hintOf } from '../harness/hinted.js';
import { asUser, ordinaryUser, userBundle, userDirectory, userId } from '../harness/ordinary-user.js';
import { busybox, cgroup1View, cgroup2View, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';

/** A cgroup of the unified hierarchy, for as long as it is in scope. */
function unifiedCgroup(name: string): Disposable & { readonly path: string; readonly relative: string } {
	const top = readFileSync('/proc/self/mountinfo', 'utf8').match(/^.* (\S+) \S+ .*- cgroup2 /gm);
	const mount = top?.at(-1)?.split(' ')[4];
	if (mount === undefined) throw new Error('there is no unified hierarchy');
	const relative = `/${token}-${name}`;
	const path = join(mount, relative);
	mkdirSync(path);
	return { path, relative, [Symbol.dispose]: () => rmdirSync(path) };
}

describeWith([root, busybox], 'the hint for a cgroup', () => {
	test('that somebody else is in', async () => {
		using used = unifiedCgroup('used');
		const holder = spawn('sleep', ['600'], { stdio: 'ignore' });
		try {
			writeFileSync(join(used.path, 'cgroup.procs'), String(holder.pid));
			const { hint, pointer } = await failing({
				edit: (config) => {
					config.linux['cgroupsPath'] = used.relative;
				},
			});
			expect({ hint, pointer }).toEqual({
				hint: expect.stringContaining('The cgroup is in use by somebody else'),
				pointer: '/linux/cgroupsPath',
			});
		} finally {
			const ended = new Promise((done) => holder.on('exit', done));
			holder.kill('SIGKILL');
			await ended;
		}
	});

	test('that is frozen', async () => {
		using frozen = unifiedCgroup('frozen');
		writeFileSync(join(frozen.path, 'cgroup.freeze'), '1');
		const { hint } = await failing({
			edit: (config) => {
				config.linux['cgroupsPath'] = frozen.relative;
			},
		});
		expect(hint).toContain('What starts in it would stand still');
	});

	test('below one that may have no descendants', async () => {
		using bare = unifiedCgroup('bare');
		writeFileSync(join(bare.path, 'cgroup.max.descendants'), '0');
		const { hint } = await failing({
			edit: (config) => {
				config.linux['cgroupsPath'] = `${bare.relative}/box`;
			},
		});
		expect(hint).toContain('A cgroup above limits how many or how deep its descendants may be');
	});

	test('of a controller that this machine has not', async () => {
		const { message, code } = await failing({
			edit: (config) => {
				config.linux['resources'] = { rdma: { mlx5_0: { hcaHandles: 2 } } };
			},
		});
		expect(code).toBe('ERR_HOST_UNSUPPORTED');
		expect(message).toMatch(
			/needs the cgroup controller rdma, which this machine does not offer: .*(Delegate=|mount -t cgroup)/,
		);
	});

	test('in a cgroup file system that is mounted read-only', () => {
		const { path } = bundle((config) => {
			config.linux['resources'] = { hugepageLimits: [{ pageSize: '2MB', limit: 0 }] };
		});
		const script =
			'set -e; for m in $(awk \'$0 ~ / - cgroup2? / { print $5 }\' /proc/self/mountinfo); do mount -o remount,bind,ro $m; done; exec "$@"';
		const result = spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...runWords(path)], {
			encoding: 'utf8',
			timeout: 30_000,
		});
		expect(hintOf(result)).toContain('The cgroup file system is mounted read-only');
	});
});

/** A cgroup of a v1 hierarchy, for as long as it is in scope. */
function legacyCgroup(controller: string, name: string): Disposable & { readonly path: string } {
	const path = join(cgroupOf(process.pid, controller), `${token}-${name}`);
	mkdirSync(path);
	return { path, [Symbol.dispose]: () => rmdirSync(path) };
}

/** Runs a bundle with its log as JSON; for a shell that makes the surroundings and executes this. */
function runWords(path: string): string[] {
	return [...program, '--log-format', 'json', '--root', scratch('state'), 'run', '--bundle', path, containerId()];
}

/** The program, started in a cgroup by a shell. */
function hintInside(cgroup: string, edit: (config: Config) => void = () => {}): string {
	const { path } = bundle(edit);
	const enter = `echo 0 >${cgroup}/cgroup.procs; exec "$@"`;
	return hintOf(spawnSync('sh', ['-ec', enter, 'sh', ...runWords(path)], { encoding: 'utf8', timeout: 30_000 }));
}

describeWith([root, busybox, cgroup1View, legacyController('pids')], 'the hint in a cgroup', () => {
	test('that may have no more processes', () => {
		using full = legacyCgroup('pids', 'full');
		writeFileSync(join(full.path, 'pids.max'), '1');
		expect(hintInside(full.path)).toContain('The limit of processes is reached');
	});
});

describeWith([root, busybox, cgroup1View, legacyController('cpuset')], 'the hint for a cgroup', () => {
	test('that was made with an empty cpuset', async () => {
		using empty = legacyCgroup('cpuset', 'empty');
		expect(readFileSync(join(empty.path, 'cpuset.cpus'), 'utf8')).toBe('\n');
		const { hint } = await failing({
			edit: (config) => {
				config.linux['cgroupsPath'] = `${token}-empty`;
			},
		});
		expect(hint).toContain('The cpuset of the cgroup is empty');
	});
});

describeWith([...ordinaryUser, cgroup2View], 'the hint for a cgroup of an ordinary user', () => {
	test('who is not in it, and may not leave the one around', () => {
		using own = unifiedCgroup('own');
		chownSync(own.path, userId, userId);
		const path = userBundle(['true'], (config) => {
			config.linux['cgroupsPath'] = `${own.relative}/box`;
		});
		const words = [...program, '--log-format', 'json', '--root', `${userDirectory('state')}/root`];
		const result = asUser([...words, 'run', '--bundle', path, containerId()]);
		expect(hintOf(result)).toContain('The cgroup is not yours: have systemd delegate one');
	});
});

describeWith([root, busybox, cgroup2View], 'the hint for a cgroup of a machine with cgroup v2', () => {
	test('that has handed its controllers to its children', async () => {
		using parent = unifiedCgroup('parent');
		writeFileSync(join(parent.path, '..', 'cgroup.subtree_control'), '+hugetlb');
		const child = join(parent.path, 'child');
		mkdirSync(child);
		try {
			writeFileSync(join(parent.path, 'cgroup.subtree_control'), '+hugetlb');
			const { hint } = await failing({
				edit: (config) => {
					config.linux['cgroupsPath'] = parent.relative;
				},
			});
			expect(hint).toContain(
				'In the unified hierarchy, processes live only in cgroups that have no controllers enabled',
			);
		} finally {
			rmdirSync(child);
		}
	});

	test('with a file that its controller does not have', async () => {
		const { hint } = await failing({
			edit: (config) => {
				config.linux['resources'] = { unified: { 'hugetlb.nothing': '1' } };
			},
		});
		expect(hint).toContain('The kernel has no file hugetlb.nothing here, though its controller is');
	});
});

describeWith([root, busybox, cgroup1View], 'the hint for memory', () => {
	test('that is limited to less than is used', async () => {
		const { hint } = await failing({
			edit: (config) => {
				config.linux['resources'] = { memory: { limit: 4096, swap: 4096 } };
			},
		});
		expect(hint).toContain('A limit of memory cannot be below what is in use already');
	});

	test.each([
		// One buffer larger than the limit, so that it is the program that dies of it on every machine, and not its set-up.
		['at once', 'exec dd if=/dev/zero of=/dev/null bs=8M count=1', 2 * 1024 * 1024],
		['later', 'x=1; while :; do x=$x$x; done', 8 * 1024 * 1024],
	])('that runs out %s is told of in the foreground', async (_, script, limit) => {
		const { path } = bundle((config) => {
			config.process.args = ['sh', '-c', script];
			config.linux['resources'] = { memory: { limit, swap: limit } };
		});
		const { status, stderr } = await tsrun(['run', '--bundle', path, containerId()]);
		expect(status).toBe(128 + 9);
		expect(stderr).toContain('memory had run out');
	});
});
