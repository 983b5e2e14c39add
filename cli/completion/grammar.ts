import type { Command, Option, Options } from '../command.js';
import { globalOptions } from '../global-options.js';
import { verbs } from '../table.js';

/** What may stand in a place of the command line. */
export type Expected =
	| { readonly kind: 'container' | 'directory' | 'file' | 'signal' | 'program' | 'command' | 'text' }
	| { readonly kind: 'choice'; readonly choices: readonly string[] };

export interface OptionGrammar {
	/** With two dashes. */
	readonly name: string;
	/** With one dash. */
	readonly alias: string | undefined;
	readonly summary: string;
	/** What its value is; undefined for a flag. */
	readonly value: Expected | undefined;
	/** It may be given more than once. */
	readonly repeats: boolean;
}

export interface VerbGrammar {
	readonly name: string;
	readonly summary: string;
	readonly options: readonly OptionGrammar[];
	/** What the words are, in turn; the last one goes on for all that follow if `more` is set. */
	readonly words: readonly Expected[];
	readonly more: boolean;
}

export interface Grammar {
	readonly globals: readonly OptionGrammar[];
	readonly verbs: readonly VerbGrammar[];
}

/** The command line as the shells' completions need it, out of the one table of commands. */
export async function grammarOf(): Promise<Grammar> {
	const commands = await Promise.all([...verbs.values()].map((load) => load()));
	return { globals: optionsOf(globalOptions), verbs: commands.map(verbOf) };
}

function verbOf({ name, summary, options, positionals }: Command): VerbGrammar {
	const words = positionals.usage.split(' ').filter((word) => word !== '' && !/^\.\.\.\]?$/.test(word));
	return {
		name,
		summary,
		options: [...optionsOf(options), help],
		words: words.map((word) => wordOf(word.replace(/[<>[\]]/g, ''), options)),
		more: positionals.maximum === Number.POSITIVE_INFINITY,
	};
}

const help: OptionGrammar = {
	name: '--help',
	alias: '-h',
	summary: 'print this help',
	value: undefined,
	repeats: false,
};

function wordOf(word: string, options: Options): Expected {
	if (word === 'container-id') {
		// A new container's name is nobody's to know.
		return 'bundle' in options ? { kind: 'text' } : { kind: 'container' };
	}
	if (word === 'bundle') return { kind: 'directory' };
	if (word === 'signal' || word === 'program') return { kind: word };
	if (word.includes('|')) return { kind: 'choice', choices: word.split('|') };
	return { kind: 'text' };
}

function optionsOf(options: Options): OptionGrammar[] {
	return Object.entries(options)
		.filter(([, option]) => option.hidden !== true)
		.map(([name, option]) => ({
			name: `--${name}`,
			alias: option.alias === undefined ? undefined : `-${option.alias}`,
			summary: option.summary,
			value: valueAt(option),
			repeats: option.kind === 'list',
		}));
}

function valueAt({ kind, choices, value }: Option): Expected | undefined {
	if (kind === 'flag') return undefined;
	if (choices !== undefined) return { kind: 'choice', choices };
	if (value === 'DIR') return { kind: 'directory' };
	if (value === 'FILE' || value === 'SOCKET') return { kind: 'file' };
	if (value?.includes('|')) return { kind: 'choice', choices: value.split('|') };
	return { kind: 'text' };
}

/** Those that people send. */
export const signals = 'TERM KILL INT HUP QUIT USR1 USR2 STOP CONT WINCH'.split(' ');
