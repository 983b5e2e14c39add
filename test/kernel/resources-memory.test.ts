import { cgroupOf, controller, fileValue, legacyController } from '../harness/controllers.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { limited, outcome, ready } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const mebibyte = 1 << 20;
/** A shell that has 24 MiB in a variable and waits; it would become the last command of its script. */
const holder = 'x=$(head -c 25165824 /dev/zero | tr "\\0" x); echo ready; sleep 1000; :';
/** A shell whose variable doubles without end. */
const hog = 'x=0123456789; while :; do x=$x$x; done';

describeWith([root, busybox, controller('memory')], 'a memory limit', () => {
	test('has the OOM killer end what exceeds it', async () => {
		await using container = await limited(hog, {
			memory: { limit: 16 * mebibyte, swap: 16 * mebibyte },
		});
		expect(await outcome(container)).toMatchObject({ code: null, signal: 9 });
	});

	test('leaves what stays below it alone, and the making of the container', async () => {
		await using container = await limited('echo fits', { memory: { limit: 3 * mebibyte } });
		expect(await outcome(container)).toMatchObject({ out: 'fits', code: 0 });
	});
});

describeWith([root, busybox, legacyController('memory')], 'memory on cgroup v1', () => {
	const files = {
		limit: 'memory.limit_in_bytes',
		swap: 'memory.memsw.limit_in_bytes',
		reservation: 'memory.soft_limit_in_bytes',
	};

	test('every member is in its file', async () => {
		await using container = await limited(':', {
			memory: {
				limit: 64 * mebibyte,
				swap: 96 * mebibyte,
				reservation: 32 * mebibyte,
				kernelTCP: 16 * mebibyte,
				swappiness: 7,
				disableOOMKiller: true,
			},
		});
		const directory = cgroupOf(container.pid, 'memory');
		expect(fileValue(directory, files.limit)).toBe(`${64 * mebibyte}`);
		expect(fileValue(directory, files.swap)).toBe(`${96 * mebibyte}`);
		expect(fileValue(directory, files.reservation)).toBe(`${32 * mebibyte}`);
		expect(fileValue(directory, 'memory.kmem.tcp.limit_in_bytes')).toBe(`${16 * mebibyte}`);
		expect(fileValue(directory, 'memory.swappiness')).toBe('7');
		expect(fileValue(directory, 'memory.oom_control')).toMatch(/^oom_kill_disable 1$/m);
	});

	test('an update moves both limits up and down, whatever the order', async () => {
		await using container = await limited(':', { memory: { limit: 32 * mebibyte, swap: 48 * mebibyte } });
		const directory = cgroupOf(container.pid, 'memory');
		const now = () => [fileValue(directory, files.limit), fileValue(directory, files.swap)];
		for (const [limit, swap] of [
			[60, 80],
			[20, 30],
			[30, 30],
			[20, 20],
		] as const) {
			await container.update({ memory: { limit: BigInt(limit * mebibyte), swap: BigInt(swap * mebibyte) } });
			expect(now()).toEqual([`${limit * mebibyte}`, `${swap * mebibyte}`]);
		}
		await container.update({ memory: { limit: -1n } });
		const [limit, swap] = now();
		expect(Number(limit)).toBeGreaterThan(2 ** 62);
		expect(swap).toBe(limit);
	});

	test('a limit below the usage is refused, and nothing of that update is left', async () => {
		await using container = await limited(holder, { memory: { limit: 64 * mebibyte }, cpu: { shares: 512 } });
		await ready(container);
		const shares = () => fileValue(cgroupOf(container.pid, 'cpu'), 'cpu.shares');
		const update = container.update({
			memory: { limit: BigInt(4 * mebibyte), reservation: BigInt(2 * mebibyte) },
			unified: {},
			pids: { limit: 7n },
			cpu: { shares: 300n },
		});
		const error = await failureOf(update);
		expect(error).toMatchObject({ code: 'ERR_CGROUP', errno: 'EBUSY', pointer: '/memory/limit', also: [] });
		expect(error.message).toMatch(
			/^unable to set memory limit to 4194304 \(current usage: \d{8}, peak usage: \d{8}\)$/,
		);
		const directory = cgroupOf(container.pid, 'memory');
		expect(fileValue(directory, files.limit)).toBe(`${64 * mebibyte}`);
		expect(fileValue(cgroupOf(container.pid, 'pids'), 'pids.max')).toBe('max');
		expect(shares()).toBe('512');
	});

	test('the OOM killer can be turned on again', async () => {
		await using container = await limited(hog, {
			memory: { limit: 16 * mebibyte, disableOOMKiller: true },
		});
		await container.start();
		const directory = cgroupOf(container.pid, 'memory');
		await eventually('it stands still', () => /^under_oom 1$/m.test(fileValue(directory, 'memory.oom_control')));
		await container.update({ memory: { disableOOMKiller: false } });
		expect(await container.wait()).toMatchObject({ code: null, signal: 9 });
	});
});
