import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { addonPath } from '../../lib/native/load.js';

const fixture = join(import.meta.dirname, 'fixtures/watch-and-leave.mjs');
const addon = addonPath(new URL('../../lib/native/load.ts', import.meta.url).href);

const { bunExecutable } = (await import('../../scripts/build/bun.mjs' as string)) as { bunExecutable(): string };

describe.each([
	['Node', process.execPath],
	['Bun', bunExecutable()],
])('under %s', (_name, executable) => {
	const run = (what: string) => {
		const { status, signal, stdout, stderr } = spawnSync(executable, [fixture, addon, what], {
			encoding: 'utf8',
			timeout: 20_000,
			env: { PATH: process.env['PATH'] ?? '' },
		});
		return { status, signal, lines: stdout.split('\n').filter(Boolean).sort(), stderr };
	};
	const leaves = (...lines: string[]) => ({ status: 0, signal: null, lines, stderr: '' });

	test.each([
		['a watch keeps the process alive until it fires', 'fires', ['fired']],
		['an unreferenced watch does not', 'unreferenced', []],
		['a closed watch does not', 'closed', []],
		['exit() in a callback ends it', 'exits', []],
		['a callback that throws stops no other', 'throws', ['thrown 0', 'thrown 1', 'thrown 2']],
		['worker threads have watches of their own', 'workers', ['done', ...Array<string>(6).fill('fired')]],
	])('%s', (_title, what, lines) => {
		expect(run(what)).toEqual(leaves(...lines));
	});
});
