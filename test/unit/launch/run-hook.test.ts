import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HookSurroundings, runHook } from '../../../lib/launch/run-hook.js';
import type { HookArguments } from '../../../lib/plan/step.js';
import { eventually } from '../../harness/eventually.js';

const folder = mkdtempSync(join(tmpdir(), 'tsrun-hook-'));
const file = join(folder, 'file');
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings: HookSurroundings = { state: '{"id":"box"}', environment: { FROM: 'caller' }, containerId: 'box' };

function shell(script: string, different: Partial<HookArguments> = {}): HookArguments {
	const usual = { kind: 'createRuntime', index: 0, path: '/bin/sh', env: null, timeout: 0 } as const;
	return { ...usual, args: ['sh', '-c', script, file], ...different };
}

const readAll = 'cat >"$0"';

test('it reads the state on its standard input', async () => {
	await runHook(shell(readAll), surroundings);
	expect(readFileSync(file, 'utf8')).toBe(surroundings.state);
});

test('it need not read it', async () => {
	await runHook(shell('exit 0'), { ...surroundings, state: 'x'.repeat(1 << 20) });
});

test.each([
	['the caller’s, without one of its own', null, 'FROM=caller'],
	['its own alone', ['OWN=a=b'], 'OWN=a=b'],
	['none', [], ''],
] as const)('its environment: %s', async (_name, env, expected) => {
	await runHook(shell('env >"$0"', { env }), surroundings);
	const variables = readFileSync(file, 'utf8').split('\n');
	expect(variables.filter((line) => /^(FROM|OWN)=/.test(line)).join('\n')).toBe(expected);
});

test('args[0] is the name it sees, path the file that runs', async () => {
	await runHook(shell('', { args: ['another name', '-c', `tr '\\0' '\\n' </proc/$$/cmdline >${file}`] }), surroundings);
	expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('another name');
});

test.each([
	['exit 3', 'error running createRuntime hook #0: exit status 3'],
	['echo oh; echo no >&2; exit 1', /^error running createRuntime hook #0: exit status 1, output: (oh\nno|no\noh)$/],
	['kill -TERM $$', 'error running createRuntime hook #0: killed by SIGTERM'],
])('a failure: %s', async (script, message) => {
	const failure = runHook(shell(script), surroundings);
	await expect(failure).rejects.toThrow(message);
	await expect(failure).rejects.toMatchObject({
		code: 'ERR_HOOK_FAILED',
		pointer: '/hooks/createRuntime/0',
		path: '/bin/sh',
	});
});

test('only the end of a long output is kept', async () => {
	const script = 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; exit 1';
	const error = await runHook(shell(script), surroundings).catch((failure: unknown) => failure as Error);
	expect(error?.message).toMatch(/line 1999$/);
	expect(error?.message.length).toBeLessThan(4300);
});

// Some errno values reach the caller of spawn as an event, others as an exception: Node and Bun each have their own list.
test.each(['ENOTDIR', 'ELOOP', 'EACCES', 'E2BIG'] as const)('%s when it is started', async (errno) => {
	writeFileSync(file, '');
	const loop = join(folder, 'loop');
	symlinkSync(loop, loop);
	const hooks: Record<typeof errno, Partial<HookArguments>> = {
		ENOTDIR: { path: `${file}/below` },
		ELOOP: { path: loop },
		EACCES: { path: folder },
		E2BIG: { env: [`LONG=${'x'.repeat(200_000)}`] },
	};
	try {
		await expect(runHook(shell('', hooks[errno]), surroundings)).rejects.toMatchObject({
			code: 'ERR_HOOK_FAILED',
			pointer: '/hooks/createRuntime/0',
			syscall: 'execve',
			errno,
		});
	} finally {
		rmSync(loop);
	}
});

test('what cannot be started is named', async () => {
	await expect(runHook(shell('', { path: '/no/such/hook' }), surroundings)).rejects.toMatchObject({
		code: 'ERR_HOOK_FAILED',
		path: '/no/such/hook',
		errno: 'ENOENT',
	});
});

test('one that runs out of time is killed with what it has started', async () => {
	const script = `sleep 60 & echo $! >"$0"; wait`;
	await expect(runHook(shell(script, { timeout: 300 }), surroundings)).rejects.toThrow(
		'error running createRuntime hook #0: killed after its timeout of 0.3 s',
	);
	const stat = `/proc/${readFileSync(file, 'utf8').trim()}/stat`;
	// A signal is taken when the process gets its turn, which on a busy machine is after the call is over.
	await eventually('what it has started ended', () => !existsSync(stat) || /\) [ZX] /.test(readFileSync(stat, 'utf8')));
});

test('a process that it leaves behind does not hold the caller', async () => {
	const started = Date.now();
	await runHook(shell('sleep 60 & echo $! >"$0"'), surroundings);
	process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
	expect(Date.now() - started).toBeLessThan(20_000);
});

test('an abort ends it', async () => {
	const controller = new AbortController();
	const failure = runHook(shell(`echo >"$0"; sleep 60`), { ...surroundings, signal: controller.signal });
	controller.abort();
	await expect(failure).rejects.toMatchObject({ code: 'ERR_ABORTED' });
});
