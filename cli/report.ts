import { ConfigError, oneLine, renderError, TsrunError } from '../lib/index.js';
import { readFileSync, statSync } from '../lib/native/files.js';
import type { Command } from './command.js';
import type { Surroundings } from './context.js';
import type { Log } from './log.js';

/**
 * Tells a failure once: as one entry of the log when there is a file or the format is json, and on stderr in plain words unless
 * that is where the log goes. Where the stderr is the program's as well and no terminal, it is somebody's log of the container:
 * there a program that execve(2) refuses is one line, the one by which runc's callers know it.
 *
 * @param failure how the verb announces its failures; undefined for the bare message.
 */
export async function report(
	error: unknown,
	failure: Command['failure'],
	log: Log,
	surroundings: Surroundings,
): Promise<void> {
	error = withoutWrapper(error);
	const prefix = failure?.prefix;
	const announced = (text: string) => (prefix === undefined ? text : `${prefix}: ${text}`);
	const line = announced(oneLine(error));
	const { file, format } = log.options;
	const logged = file !== undefined || format === 'json';
	if (logged) log.write('error', line, detailsOf(error));
	if (logged && error instanceof Error && error.stack !== undefined) log.write('debug', error.stack);
	if (file === undefined && format === 'json') return;
	const verbose = log.options.level === 'debug';
	const inProgramsLog = failure?.stderrOfProgram === true && !surroundings.stderrIsTerminal && !verbose;
	if (inProgramsLog && isRefusedProgram(error)) return await surroundings.stderr(`${oneLine(error.message)}\n`);
	if (file !== undefined) return await surroundings.stderr(`${line}\n`);
	const color = surroundings.stderrIsTerminal && !surroundings.env['NO_COLOR'];
	const text = announced(renderError(error, { color, verbose, ...sourceOf(error) }));
	await surroundings.stderr(text.endsWith('\n') ? text : `${text}\n`);
}

/** A program that was found, and that the kernel does not execute, and nothing else went wrong. */
function isRefusedProgram(error: unknown): error is TsrunError {
	if (!(error instanceof TsrunError) || error.code !== 'ERR_EXECUTABLE') return false;
	return error.step?.startsWith('exec ') === true && error.also.length === 0;
}

/** What `using` made of two failures: the first is told, with the one of the clean-up after it as what failed as well. */
function withoutWrapper(error: unknown): unknown {
	// By its shape: Node 20 has no SuppressedError of its own.
	if (!(error instanceof Error) || !('suppressed' in error) || !('error' in error)) return error;
	const first = withoutWrapper(error.suppressed);
	return first instanceof TsrunError && error.error instanceof Error ? first.with({ also: [error.error] }) : first;
}

/** What a program may want to know of a failure; members that are not known are left out by JSON. */
function detailsOf(error: unknown): object {
	if (!(error instanceof TsrunError)) return {};
	const { code, pointer, where, step, syscall, errno, path, hint, containerId } = error;
	const faults = error instanceof ConfigError ? error.faults : undefined;
	return { code, pointer, where, step, syscall, errno, path, hint, containerId, faults };
}

/** The text of the file that the error points into, so that the line can be shown. */
function sourceOf(error: unknown): { source?: string } {
	if (!(error instanceof TsrunError) || error.where === undefined) return {};
	const { file } = error.where;
	try {
		// What cannot be read twice (exec --process /dev/stdin) would keep us waiting.
		return statSync(file).isFile() ? { source: readFileSync(file, 'utf8') } : {};
	} catch {
		// It was read a moment ago. Without it the place is still told by line and column.
		return {};
	}
}
