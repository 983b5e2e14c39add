import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { compiledProgram } from '../harness/traced-calls.js';

const script = resolve(import.meta.dirname, '../../scripts/soak.mjs');

interface Result {
	readonly how: string;
	readonly cycles: number;
	readonly faults: readonly string[];
	readonly left: Readonly<Record<string, number>>;
}

describeWith([root, busybox, compiledProgram], '`npm run soak`, in short', () => {
	test('the same container again and again leaves nothing, and takes no longer in the end', async () => {
		const words = [script, '--library', '300', '--cli', '60', '--json'];
		const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 110_000, killSignal: 'SIGKILL' });
		const results: readonly Result[] = JSON.parse(stdout);
		expect(results.map(({ how, cycles, faults }) => ({ how, cycles, faults }))).toEqual([
			{ how: 'library', cycles: 300, faults: [] },
			{ how: 'program', cycles: 60, faults: [] },
		]);
		for (const { left } of results) expect(left).toMatchObject({ mounts: 0, cgroups: 0, keyrings: 0, records: 0 });
	}, 120_000);

	test('what would be left is seen', async () => {
		const { judged } = await import(resolve(import.meta.dirname, '../../scripts/soak/judge.mjs'));
		const steady = { heap: 1e6, resident: 1e7, descriptors: 20, children: 0 };
		const clean = {
			cycles: 300,
			times: new Float64Array(300).fill(1e7),
			before: steady,
			after: steady,
			left: { mounts: 0, keys: 3 },
		};
		expect(judged(clean)).toEqual([]);
		expect(judged({ ...clean, left: { mounts: 1, keys: 0 } })).toEqual(['1 mounts are left']);
		expect(judged({ ...clean, left: { mounts: 0, keys: 300 } })).toEqual(['300 keys are left']);
		expect(judged({ ...clean, after: { ...steady, descriptors: 21 } })).toEqual([
			'descriptors have grown from 20 to 21',
		]);
		expect(judged({ ...clean, after: { ...steady, heap: 8e6 } })).toHaveLength(1);
		const slower = clean.times.map((time, index) => (index < 270 ? time : 6e7));
		expect(judged({ ...clean, times: slower })).toEqual(['the p99 of a cycle has grown from 10.0 to 60.0 ms']);
	});
});
