import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

/** `tsrun run` in the foreground, still running, with its stdout. */
function startRun(script: string, id: string): ChildProcessWithoutNullStreams {
	const [command, ...first] = program;
	const words = [...first, '--root', stateRoot(), 'run', '--bundle', scriptBundle(script).path, id];
	return spawn(command, words, { stdio: 'pipe', timeout: 20_000, killSignal: 'SIGKILL' });
}

/** Resolves when the line has been printed. */
async function line(child: ChildProcessWithoutNullStreams, wanted: string): Promise<void> {
	let seen = '';
	for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
		seen += chunk;
		if (seen.split('\n').includes(wanted)) return;
	}
	throw new Error(`${JSON.stringify(wanted)} was not printed, but ${JSON.stringify(seen)}`);
}

describeWith([root, busybox], 'run in the foreground', () => {
	test.each([
		['exit 0', 0],
		['exit 37', 37],
		['kill -KILL $$', 137],
		['kill -TERM $$', 143],
	])('%s: the status of the container', async (script, status) => {
		// A first process is not ended by its own signals, so the shell that kills itself is a child.
		const command = script.startsWith('kill') ? `sh -c '${script}'; exit $?` : script;
		const id = containerId();
		expect((await tsrun(['run', '--bundle', scriptBundle(command).path, id])).status).toBe(status);
		expect((await tsrun(['state', id])).stderr).toMatch(/^container does not exist/);
	});

	test('stdin, stdout and stderr are the caller’s', async () => {
		const words = ['run', '--bundle', scriptBundle('cat; echo error >&2').path, containerId()];
		expect(await tsrun(words, { input: 'through\n' })).toMatchObject({
			status: 0,
			stdout: 'through\n',
			stderr: 'error\n',
		});
	});

	test('a signal that ends the container from outside: 128 + its number', async () => {
		const id = containerId();
		const child = startRun('echo ready; while :; do sleep 0.05; done', id);
		const ended = once(child, 'exit');
		await line(child, 'ready');
		expect((await tsrun(['kill', id, 'KILL'])).status).toBe(0);
		expect(await ended).toEqual([137, null]);
	});

	test.each([
		['SIGTERM', 'TERM'],
		['SIGINT', 'INT'],
		['SIGHUP', 'HUP'],
		['SIGUSR1', 'USR1'],
		['SIGUSR2', 'USR2'],
	] as const)('%s to tsrun reaches the container', async (signal, name) => {
		const child = startRun(`trap 'exit 7' ${name}; echo ready; while :; do sleep 0.05; done`, containerId());
		const ended = once(child, 'exit');
		await line(child, 'ready');
		child.kill(signal);
		expect(await ended).toEqual([7, null]);
	});
});
