import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { main } from '../../cli/main.js';
import { Runtime } from '../../lib/index.js';

const program = resolve(import.meta.dirname, '../../dist/tsrun');
const fixtures = resolve(import.meta.dirname, '../../spec-fixtures');
const bundles = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('/config.json'))
	.map(dirname);
const env = { PATH: process.env['PATH'] ?? '' };

async function byLibrary(words: readonly string[]) {
	const said = { stdout: '', stderr: '' };
	const status = await main(words, {
		env,
		openRuntime: (options) => new Runtime(options),
		stdout: async (text) => {
			said.stdout += text;
		},
		stderr: async (text) => {
			said.stderr += text;
		},
		stdin: async () => '',
		stderrIsTerminal: false,
	});
	return { status, ...said };
}

it('has its bundles', () => expect(bundles.length).toBeGreaterThan(300));

// The build of the program takes the library apart, and makes other functions of it: whatever a config asks for has to come to
// the same steps, with the same numbers in them, or to the same words.
test.each(bundles)('the program plans as the library does: %s', async (bundle) => {
	const words = ['plan', '--format', 'json', join(fixtures, bundle)];
	const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', env });
	expect({ status, stdout, stderr }).toEqual(await byLibrary(words));
});
