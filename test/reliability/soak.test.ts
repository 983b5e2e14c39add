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
	test('the same container again and again leaves nothing', async () => {
		const words = [script, '--library', '300', '--cli', '60', '--json'];
		const { stdout } = await promisify(execFile)(process.execPath, words, { timeout: 110_000, killSignal: 'SIGKILL' });
		const results: readonly Result[] = JSON.parse(stdout);
		expect(results.map(({ how, cycles, faults }) => ({ how, cycles, faults }))).toEqual([
			{ how: 'library', cycles: 300, faults: [] },
			{ how: 'program', cycles: 60, faults: [] },
		]);
		for (const { left } of results) expect(left).toMatchObject({ mounts: 0, cgroups: 0, keyrings: 0, records: 0 });
	}, 120_000);
});
