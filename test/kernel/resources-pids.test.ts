import { existsSync } from 'node:fs';
import { cgroupOf, controller, fileValue } from '../harness/controllers.js';
import { eventually } from '../harness/eventually.js';
import { limited, outcome } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** Forks for ever: a shell would give up at the first fork that fails. */
const bomb = `exec awk 'BEGIN { while (1) system("sleep 1000 &") }'`;

describeWith([root, busybox, controller('pids')], 'a pids limit', () => {
	test('holds a fork bomb, which delete ends', async () => {
		const container = await limited(bomb, { pids: { limit: 20 } });
		try {
			const directory = cgroupOf(container.pid, 'pids');
			await container.start();
			const refused = () => Number(/^max (\d+)$/m.exec(fileValue(directory, 'pids.events'))?.[1]);
			await eventually('forks fail', () => refused() > 100);
			expect(Number(fileValue(directory, 'pids.current'))).toBeLessThanOrEqual(20);
			expect(fileValue(directory, 'pids.max')).toBe('20');
			await container.delete({ force: true });
			expect(existsSync(directory)).toBe(false);
		} finally {
			await container[Symbol.asyncDispose]();
		}
	});

	test.each([0, 1])('of %d leaves room for the one process, also where making it takes two', async (limit) => {
		await using container = await limited('echo alone; true & wait', { pids: { limit } }, (config) => {
			config.linux.namespaces.push({ type: 'time' });
		});
		expect(fileValue(cgroupOf(container.pid, 'pids'), 'pids.max')).toBe('1');
		const { out, code } = await outcome(container);
		expect(out).toBe('alone');
		expect(code).not.toBe(0);
	});

	test('can be lifted', async () => {
		await using container = await limited('(echo below; true)', { pids: { limit: 1 } });
		await container.update({ pids: { limit: -1n } });
		expect(fileValue(cgroupOf(container.pid, 'pids'), 'pids.max')).toBe('max');
		expect(await outcome(container)).toMatchObject({ out: 'below', code: 0 });
	});
});
