import { memoryLimit, processLimit, quota, showCgroupFiles } from './cgroup-files.js';

/** An engine whose `run` takes Docker's flags. */
export interface Runner {
	/** What a shell script prints in a new container; it has to succeed. */
	inside(flags: readonly string[], script: string): Promise<string>;
}

/** Lines of a container's first process in /proc, by their names. */
export function statusIn(engine: Runner, flags: readonly string[], names: string): Promise<string> {
	return engine.inside(flags, `grep -E '${names}' /proc/self/status | sort | tr -s '\t' ' '`);
}

/** What engines with the same flags have in common: limits, capabilities, seccomp. */
export function testConfinement(engine: Runner): void {
	test('memory, processors, shares, processes, cpuset', async () => {
		const flags = ['-m', '64m', '--cpus', '0.5', '--cpu-shares', '512', '--pids-limit', '20', '--cpuset-cpus', '0'];
		const weight = ['cpu/cpu.shares', 'cpu.weight'] as const;
		const files = showCgroupFiles([memoryLimit, quota, processLimit, ['cpuset/cpuset.cpus', 'cpuset.cpus'], weight]);
		const [memory, time, processes, cpus, shares] = (await engine.inside(flags, files)).split('\n');
		expect([memory, time, processes, cpus]).toEqual(['67108864', expect.stringMatching(/^50000\b/), '20', '0']);
		// 512 shares are half of the default on v1; on v2 they become a weight, by a formula that newer runtimes have changed.
		if (shares !== '512') expect(Number(shares)).toBeLessThan(100);
	});

	test('capabilities: dropped, added, of another user', async () => {
		const one = ['--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN'];
		expect(await statusIn(engine, one, 'CapEff|CapBnd')).toBe('CapBnd: 0000000000001000\nCapEff: 0000000000001000');
		expect(await statusIn(engine, ['--user', '1000'], 'CapEff')).toBe('CapEff: 0000000000000000');
	});

	test('seccomp: default, unconfined', async () => {
		expect(await statusIn(engine, [], 'Seccomp:')).toBe('Seccomp: 2');
		expect(await statusIn(engine, ['--security-opt', 'seccomp=unconfined'], 'Seccomp:')).toBe('Seccomp: 0');
	});
}
