import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const repository = resolve(import.meta.dirname, '../..');

const binary: Requirement = { what: 'the built binary', met: () => program.length === 1 };
const strace: Requirement = { what: 'strace', met: () => spawnSync('strace', ['-V']).status === 0 };

/** A folder in which everything that a runtime might pick up by itself leaves a trace when it is. */
function hostileFolder(): { folder: string; trace: string } {
	const folder = scratch('hostile');
	const trace = join(folder, 'trace');
	writeFileSync(join(folder, 'evil.ts'), `require('node:fs').writeFileSync(${JSON.stringify(trace)}, 'preloaded');`);
	writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./evil.ts"]\n');
	writeFileSync(join(folder, '.env'), `BUN_OPTIONS=--preload=./evil.ts\nXDG_RUNTIME_DIR=${folder}/from-dotenv\n`);
	writeFileSync(
		join(folder, 'package.json'),
		'{ "name": "evil", "type": "commonjs", "imports": { "#x": "./evil.ts" } }',
	);
	writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "paths": { "*": ["./evil.ts"] } } }');
	writeFileSync(join(folder, 'libc.so.6'), 'not a library');
	return { folder, trace };
}

const hostileVariables = {
	BUN_OPTIONS: '--preload=./evil.ts',
	BUN_BE_BUN: '1',
	BUN_INSPECT: 'ws://127.0.0.1:0/',
	BUN_INSPECT_PRELOAD: './evil.ts',
	BUN_JSC_dumpOptions: '2',
	NODE_OPTIONS: '--require=./evil.ts',
	LD_LIBRARY_PATH: '/nonexistent::',
	LD_PRELOAD: './libc.so.6',
};

describeWith([binary], 'nothing of the caller changes what the binary is', () => {
	test('a hostile current folder and hostile variables change neither output nor status', async () => {
		const clean = await tsrun(['--version'], { cwd: scratch() });
		expect(clean.status).toBe(0);
		const { folder, trace } = hostileFolder();
		for (const [name, value] of Object.entries(hostileVariables)) {
			const { stdout, stderr, status } = await tsrun(['--version'], { cwd: folder, env: { [name]: value } });
			expect({ name, stdout, stderr, status }).toEqual({ name, stdout: clean.stdout, stderr: clean.stderr, status: 0 });
		}
		const all = await tsrun(['--version'], { cwd: folder, env: hostileVariables });
		expect(all).toMatchObject({ stdout: clean.stdout, stderr: clean.stderr, status: 0 });
		expect(existsSync(trace)).toBe(false);
	});

	test('another name does not turn it into another program', () => {
		for (const name of ['bun', 'bunx', 'node', '']) {
			const { stdout, status } = spawnSync(program[0], ['--version'], { argv0: name, encoding: 'utf8' });
			expect({ name, status, version: stdout.includes('spec: ') }).toEqual({ name, status: 0, version: true });
		}
	});

	test('it needs no environment and no standard input', () => {
		const { stdout, status } = spawnSync('sh', ['-c', 'exec "$0" --version <&-', program[0]], {
			env: {},
			encoding: 'utf8',
		});
		expect({ status, version: stdout.includes('spec: ') }).toEqual({ status: 0, version: true });
	});
});

describeWith([binary, strace, root, busybox], 'where the code comes from', () => {
	test('only the installation and the system’s libraries are mapped to be executed, and TMPDIR is not touched', () => {
		const folder = scratch('traced');
		const [trace, temporary] = [join(folder, 'trace'), join(folder, 'tmpdir')];
		mkdirSync(temporary);
		const run = [program[0], '--root', stateRoot(), 'run', '--bundle', bundle().path, containerId()];
		execFileSync('strace', ['-f', '-y', '-e', 'trace=mmap,%file', '-o', trace, ...run], { env: { TMPDIR: temporary } });

		const lines = readFileSync(trace, 'utf8').split('\n');
		const mapped = lines
			.filter((line) => line.includes('PROT_EXEC'))
			.map((line) => line.match(/ \d+<([^>]*)>/)?.[1])
			.filter((path) => path !== undefined);
		const system = /^\/(usr\/)?lib(64)?\//;
		expect(mapped.filter((path) => !system.test(path) && !path.startsWith(`${repository}/dist/`))).toEqual([]);
		expect(mapped).toContain(`${repository}/dist/tsrun.node`);
		expect(lines.filter((line) => line.includes(temporary) && !line.includes('execve('))).toEqual([]);
		expect(readdirSync(temporary)).toEqual([]);
	});
});
