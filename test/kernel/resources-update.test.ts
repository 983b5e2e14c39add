import { readFileSync } from 'node:fs';
import { ConfigError } from '../../lib/index.js';
import { weightOfShares } from '../../lib/plan/resources/cpu-weight.js';
import { cgroupOf, controller, fileValue } from '../harness/controllers.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { limited, outcome } from '../harness/limited.js';
import { busybox, cgroupView, describeWith, root } from '../harness/requirement.js';
import { stateRoot } from '../harness/state-root.js';

describeWith([root, busybox, ...['pids', 'cpu', 'memory'].map(controller)], 'update', () => {
	const limit = (pid: number) => fileValue(cgroupOf(pid, 'pids'), 'pids.max');

	test('is possible from create to the end, paused or not', async () => {
		await using container = await limited('sleep 1000', { pids: { limit: 10 } });
		await container.update({ pids: { limit: 11n } });
		expect(limit(container.pid)).toBe('11');
		await container.start();
		await container.update({ pids: { limit: 12n } });
		expect(limit(container.pid)).toBe('12');
		await container.pause();
		await container.update({ pids: { limit: 13n } });
		expect(limit(container.pid)).toBe('13');
		await container.resume();
		await container.kill(9);
		await container.wait();
		expect(await failureOf(container.update({ pids: { limit: 14n } }))).toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: 'container not running',
		});
	});

	test('is remembered exactly, also what no number can hold', async () => {
		await using container = await limited(':', { pids: { limit: 10 } });
		const most = 2n ** 63n - 1n;
		// The weight waits for the day on which the cgroup stops being idle.
		await container.update({ cpu: { idle: 1 } });
		await container.update({ cpu: { shares: 300n }, memory: { reservation: most } });
		const { resources } = JSON.parse(readFileSync(`${stateRoot()}/${container.id}/state.json`, 'utf8'));
		expect(resources).toBe(`{"cpu":{"idle":1,"shares":300},"pids":{"limit":10},"memory":{"reservation":${most}}}`);
		const again = await newRuntime().get(container.id);
		await again.update({ cpu: { idle: 0 } });
		const [file, value] = cgroupView() === 'cgroup2' ? ['cpu.weight', weightOfShares(300n)] : ['cpu.shares', 300];
		expect(fileValue(cgroupOf(container.pid, 'cpu'), file)).toBe(`${value}`);
	});

	test('of nothing changes nothing', async () => {
		await using container = await limited('echo here', { pids: { limit: 10 } });
		await container.update({});
		expect(limit(container.pid)).toBe('10');
		expect(await outcome(container)).toMatchObject({ out: 'here', code: 0 });
	});

	test('of what this machine lacks is refused as a whole', async () => {
		await using container = await limited(':', { pids: { limit: 10 } });
		const error = await failureOf(container.update({ pids: { limit: 5n }, unified: { 'nonsense.max': '1' } }));
		expect(error).toBeInstanceOf(ConfigError);
		expect(error).toMatchObject({ code: 'ERR_HOST_UNSUPPORTED', pointer: '/unified/nonsense.max' });
		expect(limit(container.pid)).toBe('10');
	});
});
