import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ownDirectory, stageEnvironment } from './call.js';
import { patience } from './stage.js';

/** An engine's daemon, for as long as this object is in use. */
export class Daemon implements AsyncDisposable {
	readonly #child: ChildProcess;
	readonly #log: string[] = [];

	private constructor(child: ChildProcess) {
		this.#child = child;
	}

	/**
	 * Starts a daemon and waits until its log says that it serves.
	 *
	 * @param ready a part of that line
	 * @param env added to the stage's environment
	 * @throws Error with the log when it ends before, or takes too long
	 */
	static async start(words: readonly [string, ...string[]], ready: string, env = {}): Promise<Daemon> {
		const [program, ...args] = words;
		const child = spawn(program, args, {
			cwd: ownDirectory(),
			env: { ...stageEnvironment, ...env },
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		const daemon = new Daemon(child);
		const ended = AbortSignal.timeout(30_000 * patience);
		await new Promise<void>((serves, failed) => {
			const fail = (why: string) => failed(new Error(`${program} ${why}\n${daemon.log}`));
			child.on('error', failed);
			child.on('exit', (status) => fail(`ended with ${status}`));
			ended.addEventListener('abort', () => fail('does not serve'));
			createInterface(child.stderr).on('line', (line) => {
				daemon.#log.push(line);
				if (line.includes(ready)) serves();
			});
		}).catch(async (error) => {
			await daemon[Symbol.asyncDispose]();
			throw error;
		});
		return daemon;
	}

	/** Its last lines. */
	get log(): string {
		return this.#log.slice(-40).join('\n');
	}

	/** Ends it; with SIGKILL when SIGTERM does not in time. */
	async [Symbol.asyncDispose](): Promise<void> {
		const { exitCode, signalCode } = this.#child;
		if (exitCode !== null || signalCode !== null || this.#child.pid === undefined) return;
		const exit = once(this.#child, 'exit');
		this.#child.kill('SIGTERM');
		const limit = setTimeout(() => this.#child.kill('SIGKILL'), 15_000 * patience);
		await exit;
		clearTimeout(limit);
	}
}
