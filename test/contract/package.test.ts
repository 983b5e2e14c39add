import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

test('configs have an entry of their own', () => {
	const script = "console.log(typeof defineSpec({ rootfs: '.', args: ['true'] }).root)";
	expect(node('--input-type=module', '-e', `import { defineSpec } from 'tsrun/spec'; ${script}`)).toBe('object');
	expect(node('-e', `const { defineSpec } = require('tsrun/spec'); ${script}`)).toBe('object');
});

test('what is not meant for others cannot be imported', () => {
	const attempt = "import('tsrun/dist/lib/index.js').catch((error) => console.log(error.code))";
	expect(node('-e', attempt)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('a program in TypeScript is compiled against its types, as strictly as can be', () => {
	const source = `
		import { type Captured, ConfigError, type Container, Runtime } from 'tsrun';
		import { bind, defineSpec, memory, type SpecChange } from 'tsrun/spec';
		const named: SpecChange = (spec) => ({ ...spec, hostname: 'web' });
		const spec = defineSpec({ rootfs: '/srv', args: ['true'] }, bind('/a', '/b'), memory('1G'), named);
		export async function main(): Promise<Captured> {
			const runtime = new Runtime({ onWarning: ({ message }) => console.log(message) });
			const box = await runtime.run('box', spec, { stdio: ['ignore', 'pipe', 'inherit'] });
			for await (const line of box.lines()) console.log(line.toUpperCase());
			const found: Container = await runtime.get('box');
			await found.update({ pids: { limit: 5 }, memory: { limit: 2n ** 30n } });
			await found.kill('SIGTERM');
			return box.capture(['true'], { timeoutMs: 5 });
		}
		export const places = (error: unknown) => (error instanceof ConfigError ? error.faults.map(({ pointer }) => pointer) : []);
		// @ts-expect-error a limit is no text
		spec.linux?.resources?.pids?.limit?.trim();
	`;
	writeFileSync(join(installed, 'program.ts'), source);
	const types = { types: ['node'], typeRoots: [join(repository, 'node_modules/@types')] };
	const compilerOptions = {
		strict: true,
		module: 'nodenext',
		target: 'es2023',
		noEmit: true,
		lib: ['ES2023', 'ESNext.Disposable'],
		...types,
	};
	writeFileSync(join(installed, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
	writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
	expect(node(join(repository, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
}, 60_000);

test('import and require give the same class', () => {
	const script = "import { createRequire } from 'node:module'; import { Runtime } from 'tsrun';";
	const compare = "console.log(createRequire(import.meta.url)('tsrun').Runtime === Runtime)";
	expect(node('--input-type=module', '-e', `${script}${compare}`)).toBe('true');
});
