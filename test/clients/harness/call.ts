import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { folder, patience } from './stage.js';

export interface CallOptions {
	/** What is written to its standard input, which then ends; or a descriptor to have for one. */
	readonly input?: string | number;
	/** In place of `input`: what is written once the program has said something, and then the end of input. */
	readonly answer?: Typing;
	/** Added to the stage's environment. */
	readonly env?: Readonly<Record<string, string>>;
	/** Default: {@link ownDirectory}. */
	readonly cwd?: string;
	/** Told of all of stdout so far, each time there is more. */
	readonly watch?: (stdout: string) => void;
	/** Milliseconds after which the program is killed and the call fails; 30 s by default. */
	readonly timeout?: number;
}

export interface CallResult {
	/** Exit status; null when a signal ended the program. */
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Keys that are pressed once `after` was shown. */
export interface Typing {
	readonly keys: string;
	readonly after: string;
}

/** A shell script for terminals: waits for its size, shows name and size, reads a line, says it, and ends with a status. */
export function terminalScript(status: number): string {
	// Clients tell the size after the start.
	return `until stty size | grep -q 31; do :; done 2>/dev/null; tty; stty size; read line; echo "<$line>"; exit ${status}`;
}

/** What {@link terminalScript} is answered with. */
export const typedLine: Typing = { after: '31 77', keys: 'typed\n' };

/** What engines and their clients get for an environment: nothing of the machine's, and the packaged programs first. */
export const stageEnvironment: Readonly<Record<string, string>> = {
	PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
	HOME: '/root',
	TERM: 'xterm',
	...session(),
};

let directory: string | undefined;

/** Where engines and their clients are called: conmon leaves a file where Podman 4 was called when memory has run out. */
export function ownDirectory(): string {
	directory ??= folder('called-from');
	return directory;
}

/** What an ordinary user has besides; nothing for root. */
function session(): Record<string, string> {
	if (process.getuid?.() === 0) return {};
	const names = ['HOME', 'USER', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];
	return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/**
 * Runs a program until it has ended and nobody holds its output any more: a client whose pipes a runtime gave away to the container
 * would hang for everybody, and does so here.
 *
 * @throws Error when that takes longer than the timeout
 */
export async function call(words: readonly [string, ...string[]], options: CallOptions = {}): Promise<CallResult> {
	const [program, ...args] = words;
	const { input = '', answer } = options;
	const child = spawn(program, args, {
		env: { ...stageEnvironment, ...options.env },
		cwd: options.cwd ?? ownDirectory(),
		stdio: [typeof input === 'number' ? input : 'pipe', 'pipe', 'pipe'],
		// A group of its own: what holds the output is killed with it when time is over.
		detached: true,
	});
	const output = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name]?.setEncoding('utf8').on('data', (text: string) => {
			output[name] += text;
			if (name !== 'stdout') return;
			options.watch?.(output.stdout);
			if (answer !== undefined && output.stdout.includes(answer.after)) child.stdin?.end(answer.keys);
		});
	}
	// A program that does not read its input may end before it is written.
	child.stdin?.on('error', () => {});
	if (typeof input === 'string' && answer === undefined) child.stdin?.end(input);

	let late = false;
	const limit = setTimeout(
		() => {
			late = true;
			killGroup(child.pid);
			child.stdout?.destroy();
			child.stderr?.destroy();
		},
		(options.timeout ?? 30_000) * patience,
	);
	try {
		const status = await new Promise<number | null>((done, failed) => {
			child.on('error', failed);
			child.on('close', done);
		});
		if (late) throw new Error(`${words.join(' ')} did not end in time\n${output.stdout}${output.stderr}`);
		return { status, ...output };
	} finally {
		clearTimeout(limit);
	}
}

/**
 * The output of a program that has to succeed, without the newline at its end.
 *
 * @throws Error with all it printed when it ends with another status than 0
 */
export async function output(words: readonly [string, ...string[]], options: CallOptions = {}): Promise<string> {
	const { status, stdout, stderr } = await call(words, options);
	if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}\n${stdout}${stderr}`);
	return stdout.trimEnd();
}

/**
 * Runs a program at a terminal of its own (script(1)), 31 rows of 77 columns; stdout is what the terminal shows, byte for byte.
 *
 * @param typing what is typed, and what the terminal has to show before; the keyboard stays connected after that. A program that
 *   ends only then cannot end before its client has shown everything.
 */
export async function atTerminal(words: readonly string[], typing: Typing): Promise<CallResult> {
	const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
	// At the end of its input script(1) would type an end of file: this is a pipe that never ends.
	const keyboard = join(folder('terminal'), 'keyboard');
	execFileSync('mkfifo', [keyboard]);
	const input = openSync(keyboard, 'r+');
	let typed = false;
	const watch = (shown: string) => {
		if (typed || !shown.includes(typing.after)) return;
		typed = true;
		writeSync(input, typing.keys);
	};
	try {
		return await call(['script', '-qec', `stty rows 31 cols 77; ${command}`, '/dev/null'], { input, watch });
	} finally {
		closeSync(input);
	}
}

function killGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		// Everybody in it has ended already.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}
