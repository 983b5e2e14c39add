import { type SourcePlace, TsrunError } from '../errors/index.js';
import type { OwnedFd } from '../native/index.js';
import type { Process } from '../spec/index.js';

/** Who takes the terminal of a process, and what is said where one of the two is there without the other. */
export interface TerminalTaker {
	/** Takes the master of the terminal; absent where the caller cannot serve one. */
	readonly onConsole?: ((master: OwnedFd, name: string) => Promise<void> | void) | undefined;
	/** Why there is nobody to take the master, in words for the error. */
	readonly noConsoleReason?: string | undefined;
	/** Why somebody would wait for the master in vain, in words for the error; absent where nobody waits. */
	readonly idleConsoleReason?: string | undefined;
}

/**
 * Before anything is done: an engine that listens for a terminal which never comes would wait for good.
 *
 * @param process of the config, or of `exec`
 * @param pointer of its member `terminal`
 * @param placeOf where the text says it, which takes reading it again
 * @throws TsrunError ERR_CONSOLE
 */
export function assertTerminalTaken(
	process: Process | undefined,
	{ onConsole, noConsoleReason, idleConsoleReason }: TerminalTaker,
	pointer: string,
	placeOf: (pointer: string) => SourcePlace | undefined = () => undefined,
): void {
	const refuse = (message: string, hint: string): never => {
		throw new TsrunError('ERR_CONSOLE', message, { pointer, where: placeOf(pointer), hint });
	};
	if (process?.terminal === true) {
		if (onConsole !== undefined) return;
		refuse(
			noConsoleReason ?? 'a terminal needs somebody who takes it',
			'Name the socket of whoever takes the terminal by --console-socket, run it in the foreground, or set process.terminal to false.',
		);
	} else if (idleConsoleReason !== undefined) {
		refuse(idleConsoleReason, 'Leave --console-socket out, or give the process a terminal and detach.');
	}
}
