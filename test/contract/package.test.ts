import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { removeScratch, scratch } from '../harness/scratch.js';

const repository = resolve(import.meta.dirname, '../..');

interface Manifest {
	readonly version: string;
	readonly dependencies: Readonly<Record<string, string>>;
}

let installed: string;
let manifest: Manifest;

/** What `npm install <tarball>` makes, with the dependencies that are here already instead of a registry's. */
beforeAll(() => {
	manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
	const folder = scratch('package');
	execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: repository });
	installed = scratch('project');
	mkdirSync(join(installed, 'node_modules'));
	execFileSync('tar', ['-xzf', join(folder, `tsrun-${manifest.version}.tgz`), '-C', folder]);
	execFileSync('mv', [join(folder, 'package'), join(installed, 'node_modules/tsrun')]);
	for (const name of Object.keys(manifest.dependencies)) {
		mkdirSync(dirname(join(installed, 'node_modules', name)), { recursive: true });
		symlinkSync(join(repository, 'node_modules', name), join(installed, 'node_modules', name));
	}
}, 120_000);

afterAll(removeScratch);

function node(...args: string[]): string {
	const options = {
		cwd: installed,
		encoding: 'utf8',
		env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
	} as const;
	return execFileSync(process.execPath, args, options).trim();
}

test('the program in the package runs', () => {
	const program = join(installed, 'node_modules/tsrun/dist/tsrun');
	expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toContain(manifest.version);
});

test('the package can be imported', () => {
	expect(node('--input-type=module', '-e', "import { Runtime } from 'tsrun'; console.log(typeof Runtime)")).toBe(
		'function',
	);
});

test('the package can be required', () => {
	expect(node('-e', "console.log(typeof require('tsrun').Runtime)")).toBe('function');
});

test('import and require give the same class', () => {
	const script = "import { createRequire } from 'node:module'; import { Runtime } from 'tsrun';";
	const compare = "console.log(createRequire(import.meta.url)('tsrun').Runtime === Runtime)";
	expect(node('--input-type=module', '-e', `${script}${compare}`)).toBe('true');
});
