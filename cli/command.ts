import type { Context } from './context.js';

/**
 * One option of a verb.
 * - `flag`: Go's boolean: `--x`, `--x=true`, `--x=false`; never takes the next word.
 * - `text`, `integer`: one value, `--x=v` or `--x v`; the last one given wins.
 * - `list`: may be given several times; a comma is part of the value.
 */
export interface Option {
	readonly kind: 'flag' | 'text' | 'integer' | 'list';
	readonly summary: string;
	/** One letter, written with one dash. */
	readonly alias?: string;
	/** What the help calls the value, such as `PATH`. */
	readonly value?: string;
	readonly choices?: readonly string[];
	/** The least integer that is accepted. */
	readonly minimum?: number;
	/** Accepted for old callers, but not shown in the help. */
	readonly hidden?: true;
}

export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O['kind'] extends 'list'
	? readonly string[]
	: O['kind'] extends 'flag'
		? boolean | undefined
		: O['kind'] extends 'integer'
			? number | undefined
			: string | undefined;

/** What was given for each option: `undefined` (an empty list for lists) where it was not. */
export type Values<T extends Options> = { readonly [Name in keyof T]: ValueOf<T[Name]> };

export interface Arguments<T extends Options> {
	readonly options: Values<T>;
	/** At least `positionals.minimum`, at most `positionals.maximum` words. */
	readonly positionals: readonly string[];
}

export interface Positionals {
	/** As shown in the usage line, such as `<container-id> [signal]`. */
	readonly usage: string;
	readonly minimum: number;
	readonly maximum: number;
}

export interface Example {
	readonly command: string;
	readonly explains: string;
}

export interface Command<T extends Options = Options> {
	readonly name: string;
	/** One line for the list of verbs. */
	readonly summary: string;
	/** What a person should know before using the verb; paragraphs, without the list of options. */
	readonly description: string;
	readonly options: T;
	readonly positionals: Positionals;
	/** Everything after the first positional belongs to it, even what looks like an option (`exec ID ls -l`). */
	readonly optionsEndAtFirstPositional?: true;
	readonly examples: readonly Example[];
	/** How a failure of this verb is announced and which exit status it gives, where not `1` and the bare message. */
	readonly failure?: {
		readonly prefix: string;
		readonly status: number;
		/** The program in the container writes to the same stderr. */
		readonly stderrOfProgram?: true;
	};
	/**
	 * Performs the verb.
	 *
	 * @returns the exit status; nothing means 0.
	 * @throws TsrunError (or whatever the library throws); the caller words it.
	 */
	// A method, not a property: TypeScript then lets a command with known options stand in a table of commands.
	run(args: Arguments<T>, context: Context): Promise<number | undefined>;
}

/** Infers the names and kinds of the options, so that `run` sees `options.bundle` as a string. */
export function defineCommand<const T extends Options>(command: Command<T>): Command<T> {
	return command;
}
