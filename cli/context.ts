import type { Runtime, RuntimeOptions } from '../lib/index.js';
import type { GlobalOptions } from './global-options.js';
import type { Log } from './log.js';

/** The world around the command line; tests hand in another one. */
export interface Surroundings {
	readonly env: Readonly<Record<string, string>>;
	openRuntime(options: RuntimeOptions): Runtime;
	/** Resolves when all of the text is written. */
	stdout(text: string): Promise<void>;
	stderr(text: string): Promise<void>;
	/** All of standard input as text. */
	stdin(): Promise<string>;
	readonly stderrIsTerminal: boolean;
}

/** What a verb is given besides its own arguments. */
export interface Context {
	readonly globals: GlobalOptions;
	readonly env: Readonly<Record<string, string>>;
	readonly log: Log;
	/** The library with the global options applied; opened by the first call, so that help needs no state root. */
	runtime(): Runtime;
	print(text: string): Promise<void>;
	/** All of standard input as text. */
	readInput(): Promise<string>;
}
