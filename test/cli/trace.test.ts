import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

interface Span {
	readonly name: string;
	readonly cat: string;
	readonly ts: number;
	readonly dur: number;
	readonly pid: number;
	readonly tid: number;
	readonly args?: { readonly index: number; readonly operation: string; readonly pointer: string };
}

/** The spans of a trace, after a look at the members that the format asks of every event. */
function spansOf(file: string): Span[] {
	const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: (Span & { ph: string })[] };
	for (const event of traceEvents) {
		expect(event).toMatchObject({ name: expect.any(String), pid: expect.any(Number), tid: expect.any(Number) });
		expect(['M', 'X']).toContain(event.ph);
		expect(event.ts).toBeGreaterThanOrEqual(0);
		if (event.ph === 'X') expect(event.dur).toBeGreaterThanOrEqual(0);
	}
	return traceEvents.filter(({ ph }) => ph === 'X');
}

/** On a row each span is within another one or beside it: otherwise a viewer draws nonsense. */
function expectNested(spans: readonly Span[]): void {
	for (const tid of new Set(spans.map((span) => span.tid))) {
		const open: Span[] = [];
		for (const span of spans.filter((one) => one.tid === tid)) {
			const ends = ({ ts, dur }: Span) => Math.round((ts + dur) * 1000);
			while (open.length > 0 && ends(open.at(-1) as Span) <= Math.round(span.ts * 1000)) open.pop();
			const outer = open.at(-1);
			if (outer !== undefined && ends(span) > ends(outer)) throw new Error(`${span.name} outlasts ${outer.name}`);
			open.push(span);
		}
	}
}

const namesOf = (spans: readonly Span[], cat: string) =>
	spans.filter((span) => span.cat === cat).map(({ name }) => name);

describeWith([root, busybox], '--trace', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('of run: its phases, every step of the plan once, and each where it was', async () => {
		const { path } = scriptBundle('exit 7', (config) => {
			config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW' };
		});
		const file = join(scratch(), 'trace.json');
		expect((await tsrun(['--trace', file, 'run', '--bundle', path, id])).status).toBe(7);
		const spans = spansOf(file);
		expectNested(spans);
		expect(namesOf(spans, 'phase')).toEqual([
			'tsrun run',
			'start of the program',
			'create',
			'read the config',
			'validate the config',
			'gather the facts',
			'plan',
			'perform the plan',
			'encode',
			'spawn',
			'start',
			'wait',
			'delete',
		]);
		const plan = await tsrun(['plan', '--bundle', path, '--format', 'json']);
		const steps = (JSON.parse(plan.stdout) as { steps: { operation: string; actor: string }[] }).steps;
		const traced = spans.filter(({ args }) => args !== undefined);
		// The wait for `start` is nobody's work.
		const expected = [...steps.entries()].filter(([, { operation }]) => operation !== 'wait_start');
		expect(
			traced
				.map(({ args, cat }) => [args?.index, args?.operation, cat] as const)
				.sort(([one = 0], [other = 0]) => one - other),
		).toEqual(expected.map(([index, { operation, actor }]) => [index, operation, actor]));
	});

	test('of more mounts than fit into one message', async () => {
		const count = 300;
		const { path } = scriptBundle('exit 0', (config) => {
			for (let number = 0; number < count; number += 1)
				config.mounts.push({ destination: `/many/${number}`, type: 'tmpfs', source: 'tmpfs' });
		});
		const file = join(scratch(), 'trace.json');
		expect((await tsrun(['--trace', file, 'run', '--bundle', path, id])).status).toBe(0);
		const mounts = spansOf(file).filter(({ name }) => name.startsWith('mount tmpfs at /many/'));
		expect(mounts).toHaveLength(count);
		// Each was timed by itself: had they come in one lump, all but one would have taken no time.
		expect(mounts.filter(({ dur }) => dur > 0).length).toBeGreaterThan(count / 2);
	});

	test('of exec, and of what fails', async () => {
		expect((await tsrun(['run', '--detach', '--bundle', scriptBundle('sleep 100').path, id])).status).toBe(0);
		const file = join(scratch(), 'trace.json');
		expect((await tsrun(['--trace', file, 'exec', id, 'true'])).status).toBe(0);
		const spans = spansOf(file);
		expectNested(spans);
		expect(namesOf(spans, 'phase')).toEqual(expect.arrayContaining(['tsrun exec', 'exec', 'plan', 'encode', 'spawn']));
		expect(namesOf(spans, 'init').at(-1)).toBe('exec true');

		const failed = await tsrun(['--trace', file, 'exec', id, 'no-such-program']);
		expect(failed).toMatchObject({ status: 255, stderr: expect.stringContaining('executable file not found') });
		expect(namesOf(spansOf(file), 'phase')).toContain('tsrun exec');
	});

	test('a place that cannot be written to is found out before anything is made', async () => {
		const file = join(scratch(), 'missing', 'trace.json');
		const { status, stderr } = await tsrun(['--trace', file, 'run', '--bundle', scriptBundle('true').path, id]);
		expect(status).toBe(1);
		expect(stderr).toContain(`cannot write the trace ${file}`);
		expect((await tsrun(['state', id])).stderr).toMatch(/^container does not exist/);
		expect(existsSync(file)).toBe(false);
	});
});
