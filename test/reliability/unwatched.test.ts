import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import { tracer } from '../harness/traced-calls.js';

const host = resolve(import.meta.dirname, 'fixtures/host.mjs');

/** A program with the library whose calls strace(1) looks at while it does one thing. */
class TracedHost implements AsyncDisposable {
	readonly #program: ChildProcess;

	constructor(bundle: string) {
		const env = { PATH: process.env['PATH'], TSRUN_TEST: token };
		this.#program = fork(host, [stateRoot(), bundle], { env, execArgv: [] });
	}

	async ready(): Promise<void> {
		await once(this.#program, 'message', { signal: AbortSignal.timeout(10_000) });
	}

	/** Has it run a program in a container; what its main thread called meanwhile. */
	async exec(id: string, inject: readonly string[] = []): Promise<{ calls: readonly string[]; error?: string }> {
		const file = join(scratch('trace'), 'calls');
		const words = ['-f', '-o', file, '-e', 'trace=epoll_ctl,waitid', ...inject, '-p', String(this.#program.pid)];
		const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
		const over = once(strace, 'exit');
		await once(strace.stderr, 'data', { signal: AbortSignal.timeout(10_000) });
		const answer = once(this.#program, 'message', { signal: AbortSignal.timeout(10_000) });
		this.#program.send({ call: 0, host: 0, verb: 'exec', id });
		const [{ error }] = await answer;
		strace.kill('SIGINT');
		await over;
		const main = readFileSync(file, 'latin1')
			.split('\n')
			.filter((line) => line.startsWith(`${this.#program.pid} `));
		return { calls: main.flatMap((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? []), error };
	}

	get children(): string {
		const { pid } = this.#program;
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const exit = once(this.#program, 'exit');
		this.#program.disconnect();
		await exit;
	}
}

describeWith([root, busybox, tracer], 'a process of a program with the library', () => {
	const { path } = scriptBundle('sleep 600');
	const id = containerId();
	beforeAll(async () => {
		expect(await tsrun(['run', '--detach', '--bundle', path, id])).toMatchObject({ status: 0, stderr: '' });
	});
	afterAll(async () => {
		await tsrun(['delete', '--force', id]);
	});

	// No more than max_user_watches are to be had of epoll(7), of all processes of a user.
	test.each([
		['watch', 'epoll_ctl', 'ENOSPC'],
		['tell how it ended', 'waitid', 'EIO'],
	])(
		'is reaped when the kernel will not %s: as a zombie it would keep its pid namespace from ending',
		async (_, call, errno) => {
			await using traced = new TracedHost(path);
			await traced.ready();
			// What is made only once is made by now.
			await traced.exec(id);
			const { calls, error } = await traced.exec(id);
			expect(error).toBeUndefined();
			const count = calls.filter((name) => name === call).length;
			expect(count).toBeGreaterThan(1);
			for (let number = 1; number <= count; number++) {
				await traced.exec(id, ['-e', `inject=${call}:error=${errno}:when=${number}`]);
				await eventually(`${call} number ${number} leaves no child`, () => traced.children === '', 3_000);
			}
			expect((await traced.exec(id)).error).toBeUndefined();
		},
		60_000,
	);
});
