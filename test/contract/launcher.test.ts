import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeScratch, scratch } from '../harness/scratch.js';

const launcher = resolve(import.meta.dirname, '../../dist/tsrun');

afterAll(removeScratch);

/** What the launcher itself tells the program behind it. */
const own = ['BUN_JSC_useJIT=0', '_TSRUN_DESCRIPTORS=0', '_TSRUN_LAUNCHER=1'];

/** An installation whose libexec/tsrun is a shell script; returns the path of its launcher. */
function installation(script: string): string {
	const folder = scratch('installation');
	copyFileSync(launcher, join(folder, 'tsrun'));
	mkdirSync(join(folder, 'libexec'));
	writeFileSync(join(folder, 'libexec/tsrun'), `#!/bin/sh\n${script}\n`);
	chmodSync(join(folder, 'libexec/tsrun'), 0o755);
	return join(folder, 'tsrun');
}

/** The environment that the program behind the launcher gets, as bytes: the caller's in alphabetical order, then the launcher's. */
function environmentBehind(launched: string, env: Record<string, string>): string[] {
	const { stdout, status } = spawnSync(launched, [], { env, encoding: 'latin1' });
	expect(status).toBe(0);
	const variables = stdout.split('\0').slice(0, -1);
	return [
		...variables.filter((text) => !own.includes(text)).sort(),
		...variables.filter((text) => own.includes(text)).sort(),
	];
}

const printEnvironment = 'cat /proc/$$/environ';

test('it is a static program, so that no variable can bring a library into it', () => {
	expect(readFileSync(launcher).includes('ld-linux')).toBe(false);
	expect(spawnSync('ldd', [launcher], { encoding: 'utf8' }).stdout).not.toContain('=>');
});

test('every variable is renamed, and the launcher adds its own', () => {
	const env = { PATH: '/bin', BUN_OPTIONS: '--preload=./x.ts', LD_LIBRARY_PATH: ':', 'odd name': 'a=b=c', EMPTY: '' };
	expect(environmentBehind(installation(printEnvironment), env)).toEqual([
		'_TSRUN_ENV_BUN_OPTIONS=--preload=./x.ts',
		'_TSRUN_ENV_EMPTY=',
		'_TSRUN_ENV_LD_LIBRARY_PATH=:',
		'_TSRUN_ENV_PATH=/bin',
		'_TSRUN_ENV_odd name=a=b=c',
		...own,
	]);
});

test('the caller cannot speak for the launcher', () => {
	expect(environmentBehind(installation(printEnvironment), { _TSRUN_LAUNCHER: '0', _TSRUN_ENV_A: 'b' })).toEqual([
		'_TSRUN_ENV__TSRUN_ENV_A=b',
		'_TSRUN_ENV__TSRUN_LAUNCHER=0',
		...own,
	]);
});

test('bytes that are not UTF-8 reach the program', () => {
	const launched = installation(printEnvironment);
	const { stdout } = spawnSync(
		'sh',
		['-c', `BAD=$(printf 'a\\377\\303z') exec env -i BAD="$(printf 'a\\377\\303z')" ${launched}`],
		{
			encoding: 'latin1',
		},
	);
	expect(stdout.split('\0')).toContain('_TSRUN_ENV_BAD=a\u00ff\u00c3z');
});

test('an empty environment stays empty but for what the launcher adds', () => {
	expect(environmentBehind(installation(printEnvironment), {})).toEqual(own);
});

test('the pid and the arguments stay', async () => {
	const child = spawn(installation('echo $$ "$#" "$1" "$2"'), ['', '--a b'], { stdio: ['ignore', 'pipe', 'inherit'] });
	const chunks: Buffer[] = [];
	for await (const chunk of child.stdout) chunks.push(chunk);
	expect(Buffer.concat(chunks).toString()).toBe(`${child.pid} 2  --a b\n`);
});

test('descriptors of the caller are counted up to the first that is closed', () => {
	const launched = installation('printf %s "$_TSRUN_DESCRIPTORS"');
	const counted = (redirections: string) =>
		spawnSync('sh', ['-c', `exec ${launched} ${redirections}`], { encoding: 'utf8' }).stdout;
	expect(counted('')).toBe('0');
	expect(counted('3</dev/null 4</dev/null')).toBe('2');
	expect(counted('3</dev/null 5</dev/null')).toBe('1');
});

test('a symlink from elsewhere, even over two steps, leads to the installation', () => {
	const launched = installation('echo here');
	const folder = scratch('links');
	symlinkSync(launched, join(folder, 'runc'));
	symlinkSync('runc', join(folder, 'again'));
	expect(spawnSync(join(folder, 'again'), [], { encoding: 'utf8' }).stdout).toBe('here\n');
});

test('closed standard streams are opened on /dev/null', () => {
	const answer = join(scratch(), 'answer');
	const launched = installation(`streams=$(cd /proc/$$/fd && readlink 0 1 2); echo "$streams" >${answer}`);
	expect(spawnSync('sh', ['-c', `exec ${launched} <&- >&- 2>&-`]).status).toBe(0);
	expect(readFileSync(answer, 'utf8')).toBe('/dev/null\n'.repeat(3));
});

test('a missing program is a sentence and status 127', () => {
	const folder = scratch('alone');
	copyFileSync(launcher, join(folder, 'tsrun'));
	expect(spawnSync(join(folder, 'tsrun'), [], { encoding: 'utf8' })).toMatchObject({
		status: 127,
		stdout: '',
		stderr: `tsrun: cannot execute ${folder}/libexec/tsrun: No such file or directory\n`,
	});
	expect(existsSync(join(folder, 'libexec'))).toBe(false);
});

test('a variable that is too long with its new name is a sentence and status 127', () => {
	// MAX_ARG_STRLEN is 32 pages, in bytes with the terminating one.
	const { status, stderr } = spawnSync(installation('true'), [], {
		env: { A: 'x'.repeat(131_072 - 3) },
		encoding: 'utf8',
	});
	expect(status).toBe(127);
	expect(stderr).toContain('Argument list too long');
});
