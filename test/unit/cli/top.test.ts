import { keysOf } from '../../../cli/top/keys.js';
import { inOrder } from '../../../cli/top/order.js';
import { TopSession } from '../../../cli/top/session.js';
import { screenOf, type View } from '../../../cli/top/view.js';
import type { Row } from '../../../cli/usage/sampler.js';
import { usageOf } from '../../../cli/usage/usage.js';
import { TsrunError } from '../../../lib/index.js';
import { FakeRuntime, state } from './fake-runtime.js';
import { sampleStats } from './sample-stats.js';

const row = (id: string, cpu: number): Row => ({
	id,
	status: 'running',
	pid: 1,
	usage: usageOf(sampleStats(0n)),
	cpu,
	throttled: 0,
});
const view = (rows: readonly Row[], more: Partial<View> = {}): View => ({
	rows,
	order: 'cpu',
	reversed: false,
	selected: undefined,
	notice: undefined,
	time: new Date(0),
	...more,
});

describe('the keys of a terminal', () => {
	test.each([
		['abc', ['a', 'b', 'c']],
		['\x1b[A\x1bOB', ['up', 'down']],
		['\x1b', ['escape']],
		['\x03', ['interrupt']],
		['\x1b[15~q', ['q']],
	])('%j', (input, keys) => {
		expect(keysOf(input)).toEqual(keys);
	});
});

test('the largest stands first, equals by name, and reversed', () => {
	const rows = [row('b', 1), row('a', 1), row('c', 9)];
	expect(inOrder(rows, 'cpu', false).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
	expect(inOrder(rows, 'cpu', true).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
	expect(inOrder(rows, 'name', false).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

describe('the screen', () => {
	test('has a row for each container, the first one selected', () => {
		const lines = screenOf(view([row('web', 5), row('db', 50)]), { columns: 140, rows: 24 });
		expect(lines.map(({ style }) => style)).toEqual(['plain', 'heading', 'selected', 'plain', 'plain']);
		expect(lines[1]?.text).toMatch(/^ID +STATUS +CPUv +MEMORY +PIDS +IO R \/ W +PSI C M IO +THROTTLED +OOM$/);
		expect(lines[2]?.text).toMatch(
			/^db +running +50\.0% +7\.6MiB \/ 16MiB +7 +4\.0KiB \/ 8\.0KiB +13 0\.3 - +0\.0% +2$/,
		);
	});

	test.each([
		[10, 2],
		[40, 5],
		[80, 24],
		[200, 1],
	])('fits into %d columns and %d rows', (columns, rows) => {
		const many = Array.from({ length: 50 }, (_, index) => row(`a-container-with-a-long-name-${index}`, index));
		const lines = screenOf(view(many), { columns, rows });
		expect(lines.length).toBeLessThanOrEqual(rows);
		for (const { text } of lines) expect(text.length).toBeLessThanOrEqual(columns);
	});

	test('follows the cursor', () => {
		const many = Array.from({ length: 50 }, (_, index) => row(`c${index}`, 50 - index));
		const lines = screenOf(view(many, { selected: 'c40' }), { columns: 80, rows: 10 });
		expect(lines.find(({ style }) => style === 'selected')?.text).toMatch(/^c40 /);
	});

	test('says so where there is nothing', () => {
		expect(screenOf(view([]), { columns: 80, rows: 24 }).map(({ text }) => text)).toContain('no containers');
	});
});

describe('a session', () => {
	const events = [{ type: 'stats' as const, id: 'web1', stats: sampleStats(0n) }];
	const opened = async (behaviour: ConstructorParameters<typeof FakeRuntime>[0] = {}) => {
		const runtime = new FakeRuntime({ states: [state], events, ...behaviour });
		const session = new TopSession(runtime.asRuntime());
		await session.refresh();
		return { runtime, session };
	};

	test('kills only after a yes', async () => {
		const { runtime, session } = await opened();
		await session.press('k');
		expect(session.view.notice).toMatch(/^kill web1\?/);
		await session.press('n');
		expect(runtime.of('kill')).toEqual([]);
		await session.press('k');
		await session.press('y');
		expect(runtime.of('kill')).toEqual([['kill', 9]]);
		expect(session.view.notice).toBe('killed web1');
	});

	test('pauses what runs, and resumes what is paused', async () => {
		const running = await opened();
		await running.session.press(' ');
		expect(running.runtime.of('pause')).toHaveLength(1);
		const paused = await opened({ states: [{ ...state, status: 'paused' }] });
		await paused.session.press(' ');
		expect(paused.runtime.of('resume')).toHaveLength(1);
	});

	test('tells of a refusal, and goes on', async () => {
		const error = new TsrunError('ERR_CGROUP', 'there is no freezer');
		const { session } = await opened({ failing: { pause: error } });
		expect(await session.press(' ')).toBe(true);
		expect(session.view.notice).toBe('there is no freezer');
	});

	test('changes its order, and ends', async () => {
		const { session } = await opened();
		await session.press('m');
		await session.press('r');
		expect(session.view).toMatchObject({ order: 'memory', reversed: true });
		expect(await session.press('q')).toBe(false);
		expect(await session.press('interrupt')).toBe(false);
	});

	test('a container that ends between the list and the sample is left out', async () => {
		const gone = new TsrunError('ERR_WRONG_STATUS', 'container with id web1 is not running');
		const { session } = await opened({ failing: { stats: gone } });
		expect(session.view.rows).toEqual([]);
	});
});
