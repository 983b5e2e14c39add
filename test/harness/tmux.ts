import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import type { Requirement } from './requirement.js';
import { scratch } from './scratch.js';

export const tmux: Requirement = { what: 'tmux', met: () => spawnSync('tmux', ['-V']).status === 0 };

/** A program in a terminal that a test types into and looks at: a tmux server of its own, ended with this object's scope. */
export class Screen implements Disposable {
	readonly #folder = scratch('tmux');
	readonly #socket = join(this.#folder, 'socket');
	readonly #status = join(this.#folder, 'status');

	/**
	 * @param words of a shell command; its environment is that of the test, with TERM of tmux
	 * @param size columns and rows
	 */
	constructor(words: readonly string[], size: readonly [number, number] = [120, 30]) {
		const [columns, rows] = size.map(String);
		const command = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
		// The status goes by a file: what tmux says of a pane that has ended was seen to stay without one.
		const told = `trap : INT; ${command}; echo $? >'${this.#status}'`;
		this.#run('-f', '/dev/null', 'new-session', '-d', '-x', columns ?? '', '-y', rows ?? '', told);
		// What has ended can still be read.
		this.#run('set-option', '-g', 'remain-on-exit', 'on');
	}

	/** Types keys by the names of tmux(1): `Tab`, `Enter`, `Down`; any other text as it is. */
	type(...keys: readonly string[]): void {
		this.#run('send-keys', ...keys);
	}

	resize(columns: number, rows: number): void {
		this.#run('resize-window', '-x', String(columns), '-y', String(rows));
	}

	/** What stands on the screen. */
	text(): string {
		return this.#run('capture-pane', '-p').trimEnd();
	}

	/** Waits until the screen shows what is looked for, and returns it. */
	async shows(what: RegExp): Promise<string> {
		let text = '';
		await eventually(`the screen shows ${what}`, () => {
			text = this.text();
			return what.test(text);
		}).catch((error: Error) => {
			throw new Error(`${error.message}; it shows:\n${text}`);
		});
		return text;
	}

	/** Waits for the end of the program, and returns its exit status. */
	async ended(): Promise<number> {
		let status = '';
		await eventually('the program of the screen ends', () => {
			status = existsSync(this.#status) ? readFileSync(this.#status, 'utf8') : '';
			return /^\d+\n$/.test(status);
		}).catch((error: Error) => {
			throw new Error(`${error.message}; it shows:\n${this.text()}`);
		});
		return Number(status);
	}

	#run(...args: readonly string[]): string {
		const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
		if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
		return stdout;
	}

	[Symbol.dispose](): void {
		spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
	}
}
