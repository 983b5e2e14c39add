import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { legacyController, realtimeBandwidth } from '../harness/controllers.js';
import { failureOf } from '../harness/failure.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** What /proc/PID/stat says of a process's scheduling, proc_pid_stat(5). */
function scheduling(stat: string): { nice: number; priority: number; policy: number } {
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [nice, priority, policy] = [19, 40, 41].map((number) => Number(fields[number - 3]));
	return { nice: nice ?? Number.NaN, priority: priority ?? Number.NaN, policy: policy ?? Number.NaN };
}

// sched.h
const policies = { SCHED_OTHER: 0, SCHED_FIFO: 1, SCHED_RR: 2, SCHED_BATCH: 3, SCHED_IDLE: 5, SCHED_DEADLINE: 6 };

async function scheduled(scheduler: object, edit: (config: Config) => void = () => {}) {
	const { path } = bundle((config) => {
		config.process.args = ['cat', '/proc/self/stat'];
		config.process['scheduler'] = scheduler;
		edit(config);
	});
	const { stdout, exit } = await run(path);
	expect(exit).toEqual({ code: 0, signal: null });
	return scheduling(stdout);
}

const processors: Requirement = { what: 'two processors', met: () => availableParallelism() >= 2 };

const numaMaps: Requirement = { what: 'a kernel with NUMA', met: () => existsSync('/proc/self/numa_maps') };

const realtimeOnV1: Requirement = {
	what: 'realtime bandwidth',
	met: () => !legacyController('cpu').met() || realtimeBandwidth.met(),
};

describeWith([root, busybox], 'process.scheduler, as the program finds it', () => {
	test.each(['SCHED_OTHER', 'SCHED_BATCH'] as const)('%s with a nice value', async (policy) => {
		expect(await scheduled({ policy, nice: 7 })).toEqual({ nice: 7, priority: 0, policy: policies[policy] });
		expect(await scheduled({ policy, nice: -5 })).toMatchObject({ nice: -5 });
	});

	test('SCHED_IDLE', async () => {
		expect(await scheduled({ policy: 'SCHED_IDLE' })).toMatchObject({ policy: policies.SCHED_IDLE });
	});

	test('an exec has its own', async () => {
		const { path } = scriptBundle('sleep 600', (config) => {
			config.process['scheduler'] = { policy: 'SCHED_BATCH', nice: 3 };
		});
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const program = { args: ['cat', '/proc/self/stat'], env: ['PATH=/bin'], cwd: '/', user: { uid: 0, gid: 0 } };
		const printed = async (process: object) => {
			const handle = await container.exec({ ...program, ...process }, { stdio: 'pipe' });
			const [stdout] = await Promise.all([handle.stdout === null ? '' : text(handle.stdout), handle.wait()]);
			return scheduling(stdout);
		};
		expect(await printed({ scheduler: { policy: 'SCHED_IDLE' } })).toMatchObject({ policy: policies.SCHED_IDLE });
		expect(await printed({})).toMatchObject({ policy: policies.SCHED_OTHER, nice: 0 });
	});
});

describeWith([root, busybox, realtimeOnV1], 'process.scheduler of realtime', () => {
	const bandwidth = (config: Config) => {
		if (!legacyController('cpu').met()) return;
		config.linux['resources'] = { cpu: { realtimeRuntime: 10_000, realtimePeriod: 1_000_000 } };
	};

	test.each(['SCHED_FIFO', 'SCHED_RR'] as const)('%s with a priority', async (policy) => {
		expect(await scheduled({ policy, priority: 11 }, bandwidth)).toMatchObject({
			priority: 11,
			policy: policies[policy],
		});
	});

	test('a flag that children do not inherit it', async () => {
		const scheduler = { policy: 'SCHED_FIFO', priority: 4, flags: ['SCHED_FLAG_RESET_ON_FORK'] };
		const output = await inside('cat /proc/$$/stat; cat /proc/self/stat; true', (config) => {
			bandwidth(config);
			config.process['scheduler'] = scheduler;
		});
		const [own = '', childs = ''] = output.split('\n');
		expect([scheduling(own).policy, scheduling(childs).policy]).toEqual([policies.SCHED_FIFO, policies.SCHED_OTHER]);
	});
});

describeWith([root, busybox], 'process.scheduler with a deadline', () => {
	const scheduler = { policy: 'SCHED_DEADLINE', runtime: 1_000_000, deadline: 50_000_000, period: 100_000_000 };

	test('is admitted, or refused by the kernel in the name of the scheduler', async () => {
		// Where the container's processors are a part of the machine, or its cgroup has no bandwidth, the kernel says EPERM.
		const outcome = await scheduled(scheduler).catch((error: unknown) => error);
		if (outcome instanceof Error) {
			expect(outcome).toMatchObject({ pointer: '/process/scheduler', syscall: 'sched_setattr' });
		} else expect(outcome).toMatchObject({ policy: policies.SCHED_DEADLINE });
	});
});

describeWith([root, busybox], 'process.ioPriority, as the program finds it', () => {
	test.each([
		['IOPRIO_CLASS_RT', 2, 'realtime: prio 2'],
		['IOPRIO_CLASS_BE', 6, 'best-effort: prio 6'],
		['IOPRIO_CLASS_IDLE', 0, 'idle'],
	])('%s %d', async (name, priority, printed) => {
		const edit = (config: Config) => {
			config.process['ioPriority'] = { class: name, priority };
		};
		expect(await inside('ionice -p $$', edit)).toBe(printed);
	});
});

describeWith([root, busybox, processors], 'process.execCPUAffinity', () => {
	test('the initial one is had on the way in, the final one by the program', async () => {
		const { path } = scriptBundle('sleep 600');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const allowed = async (execCPUAffinity: object) => {
			const program = { args: ['grep', '^Cpus_allowed_list', '/proc/self/status'], env: ['PATH=/bin'], cwd: '/' };
			const process = { ...program, user: { uid: 0, gid: 0 }, execCPUAffinity };
			const handle = await container.exec(process, { stdio: 'pipe' });
			const [stdout] = await Promise.all([handle.stdout === null ? '' : text(handle.stdout), handle.wait()]);
			return stdout.split(':')[1]?.trim();
		};
		expect(await allowed({ initial: '0', final: '1' })).toBe('1');
		expect(await allowed({ final: '0' })).toBe('0');
		expect(await allowed({ initial: '1' })).toBe('1');
		expect(await allowed({})).toMatch(/^0-\d+$/);
	});
});

describeWith([root, busybox, numaMaps], 'linux.memoryPolicy, as the program finds it', () => {
	const policyOf = (memoryPolicy: object) =>
		inside("sed -n 's/^[0-9a-f]* \\([^ ]*\\).*/\\1/p' /proc/self/numa_maps | sort -u", (config) => {
			config.linux['memoryPolicy'] = memoryPolicy;
		});

	test.each([
		[{ mode: 'MPOL_BIND', nodes: '0' }, 'bind:0'],
		[{ mode: 'MPOL_INTERLEAVE', nodes: '0' }, 'interleave:0'],
		[{ mode: 'MPOL_PREFERRED', nodes: '0' }, 'prefer:0'],
		[{ mode: 'MPOL_BIND', nodes: '0', flags: ['MPOL_F_STATIC_NODES'] }, 'bind=static:0'],
		[{ mode: 'MPOL_LOCAL' }, 'local'],
		[{ mode: 'MPOL_DEFAULT' }, 'default'],
	])('%j', async (asked, printed) => {
		expect(await policyOf(asked)).toContain(printed);
	});

	test('of nodes that are not there is refused', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux['memoryPolicy'] = { mode: 'MPOL_BIND', nodes: '63' };
		});
		expect(await failureOf(run(path))).toMatchObject({ pointer: '/linux/memoryPolicy', syscall: 'set_mempolicy' });
	});
});
