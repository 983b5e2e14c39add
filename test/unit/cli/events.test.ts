import type { ContainerEvent } from '../../../lib/index.js';
import { call } from './call.js';

const sample = (current: bigint): ContainerEvent => ({
	type: 'stats',
	id: 'web1',
	stats: { time: new Date(0), pids: { current, limit: 20n } },
});
const oom: ContainerEvent = { type: 'oom', id: 'web1' };

const lines = (text: string) =>
	text
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));

test('each event is a line, until there are no more', async () => {
	const { status, stdout, runtime } = await call(['events', 'web1'], { events: [sample(1n), oom, sample(2n)] });
	expect(status).toBe(0);
	expect(lines(stdout)).toMatchObject([
		{ type: 'stats', id: 'web1', data: { pids: { current: 1, limit: 20 } } },
		{ type: 'oom', id: 'web1' },
		{ type: 'stats', data: { pids: { current: 2 } } },
	]);
	expect(stdout.split('\n')[1]).toBe('{"type":"oom","id":"web1"}');
	expect(runtime.of('events')).toEqual([['events', { intervalMs: 5000 }]]);
});

test('--stats is one line', async () => {
	const { stdout, runtime } = await call(['events', '--stats', 'web1'], { events: [sample(1n), sample(2n)] });
	expect(lines(stdout)).toHaveLength(1);
	expect(runtime.of('events')).toEqual([]);
});

test('--interval is a duration of Go', async () => {
	const { runtime } = await call(['events', '--interval=1m30s', 'web1'], { events: [] });
	expect(runtime.of('events')).toEqual([['events', { intervalMs: 90_000 }]]);
	const { status, stderr } = await call(['events', '--interval=soon', 'web1']);
	expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('invalid value "soon"') });
});
