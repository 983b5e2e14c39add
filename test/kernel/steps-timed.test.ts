import { type Phase, Runtime, type TimedStep } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

describeWith([root, busybox], 'onStep and onPhase', () => {
	test('steps come in the order of the plan, each at its time, with words that say the same', async () => {
		const steps: TimedStep[] = [];
		const words: string[] = [];
		const phases: Phase[] = [];
		const runtime = new Runtime({
			root: stateRoot(),
			onStep: (said, step) => {
				words.push(said);
				if (step !== undefined) steps.push(step);
			},
			onPhase: (phase) => phases.push(phase),
		});
		const { path } = scriptBundle('exit 0');
		const plan = await runtime.plan(path);
		const before = Date.now() * 1000;
		const { code } = await runtime.capture(containerId(), path);
		const after = (Date.now() + 1) * 1000;
		expect(code).toBe(0);

		const indexes = steps.map(({ index }) => index);
		expect(indexes).toEqual([...indexes].sort((one, other) => one - other));
		expect(new Set(indexes).size).toBe(indexes.length);
		const told = plan.steps.filter(({ operation }) => operation !== 'wait_start');
		expect(steps.map(({ operation }) => operation)).toEqual(told.map(({ operation }) => operation));
		expect(words.filter((said) => said.startsWith('init: mount proc'))).toEqual(['init: mount proc at /proc']);

		for (const hand of ['host', 'init']) {
			let last = before;
			for (const { actor, start, end } of steps) {
				if (actor !== hand) continue;
				expect(start).toBeGreaterThanOrEqual(last);
				expect(end).toBeGreaterThanOrEqual(start);
				last = end;
			}
			expect(last).toBeLessThanOrEqual(after);
		}
		const named = phases.map(({ name }) => name);
		expect(named.slice(-3)).toEqual(['start', 'wait', 'delete']);
		expect(named.indexOf('validate the config')).toBeLessThan(named.indexOf('perform the plan'));
	});

	test('in a time namespace, whose clocks start elsewhere, times are those of the host', async () => {
		const steps: TimedStep[] = [];
		const runtime = new Runtime({ root: stateRoot(), onStep: (_words, step) => step && steps.push(step) });
		const { path } = scriptBundle('exit 0', (config) => {
			config.linux.namespaces.push({ type: 'time' });
			config.linux['timeOffsets'] = { monotonic: { secs: 1_000_000 }, boottime: { secs: 1_000_000 } };
		});
		await runtime.capture(containerId(), path);
		const exec = steps.find(({ operation }) => operation === 'exec');
		expect(exec?.start).toBeGreaterThan((Date.now() - 60_000) * 1000);
		expect(exec?.end).toBeLessThan((Date.now() + 60_000) * 1000);
	});
});
