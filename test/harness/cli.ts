import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { scratch, token } from './scratch.js';
import { stateRoot } from './state-root.js';

const dist = resolve(import.meta.dirname, '../../dist');

/**
 * The command line of the program under test: the built binary, or the same program under Node when TSRUN_TEST_CLI is `node`.
 * scripts/test.mjs runs the CLI tests with both.
 */
export const program: readonly [string, ...string[]] =
	process.env['TSRUN_TEST_CLI'] === 'node' ? [process.execPath, `${dist}/cli/bin.js`] : [`${dist}/tsrun`];

export interface CliOptions {
	readonly input?: string;
	/** The whole environment; PATH alone by default. */
	readonly env?: Readonly<Record<string, string>>;
	readonly cwd?: string;
	/** Milliseconds after which the program is killed and the call fails; 20 s by default. */
	readonly timeout?: number;
	/** Put `--root` with this file's state root in front of the arguments; yes by default. */
	readonly root?: boolean;
	/** Words in front of the program, which executes it in its own place: `nsenter --net=FILE --`. */
	readonly through?: readonly string[];
}

export interface CliResult {
	/** Exit status; null when a signal ended the program. */
	readonly status: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** What has been written to the program's stdout by now: a container it left running may go on writing there. */
	readonly stdoutNow: () => string;
}

/** Runs `tsrun` to its end. A container that inherited its output may go on. */
export async function tsrun(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
	const [command, ...first] = [...(options.through ?? []), ...program] as [string, ...string[]];
	const global = options.root === false ? [] : ['--root', stateRoot()];
	const env = { TSRUN_TEST: token, ...(options.env ?? { PATH: process.env['PATH'] ?? '' }) };
	// Files, not pipes: the end of a pipe would come only with the end of a container that `create` gave it to.
	const folder = scratch('output');
	const files = { stdout: join(folder, 'stdout'), stderr: join(folder, 'stderr') };
	const [stdout, stderr] = [openSync(files.stdout, 'ax'), openSync(files.stderr, 'ax')];
	const child = spawn(command, [...first, ...global, ...args], {
		cwd: options.cwd,
		env,
		stdio: ['pipe', stdout, stderr],
		timeout: options.timeout ?? 20_000,
		killSignal: 'SIGKILL',
	});
	closeSync(stdout);
	closeSync(stderr);
	// A program that does not read its input may end before it is written.
	child.stdin?.on('error', () => {});
	child.stdin?.end(options.input ?? '');

	const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done, failed) => {
		child.on('error', failed);
		child.on('exit', (code, by) => done([code, by]));
	});
	const read = (file: string) => readFileSync(file, 'utf8');
	const result = { status, signal, stdout: read(files.stdout), stderr: read(files.stderr) };
	if (child.killed) throw new Error(`tsrun ${args.join(' ')} did not end in time\n${result.stdout}${result.stderr}`);
	return { ...result, stdoutNow: () => read(files.stdout) };
}
