import { TsrunError } from '../lib/index.js';
import type { Option, Options, Values } from './command.js';
import { nearest } from './nearest.js';

export interface Parsed<T extends Options> {
	readonly options: Values<T>;
	readonly positionals: readonly string[];
	/** `-h` or `--help` was met; nothing after it was looked at. */
	readonly help: boolean;
}

type Value = boolean | number | string | string[] | undefined;

/**
 * Reads words as Go's flag package does, since that is the grammar every engine writes: one dash or two mean the same
 * (`-no-subreaper`), a flag takes a value only behind `=`, other options take the next word whatever it looks like, `--` ends
 * the options, and `-` is a value. General parsers cannot be set to this: yargs-parser takes `true` of `--detach true` for the
 * flag's value, reads `-no-subreaper` as `-n -o`, and `--detach=nonsense` as false.
 *
 * @param end where options end: at the first positional (everything behind it is a positional), or at the last word.
 * @throws TsrunError ERR_ARGUMENT for an unknown option, a missing value or a value of the wrong kind.
 */
export function parse<T extends Options>(
	words: readonly string[],
	table: T,
	end: 'first-positional' | 'last-word',
): Parsed<T> {
	const values: Record<string, Value> = Object.create(null);
	for (const [name, option] of Object.entries(table)) values[name] = option.kind === 'list' ? [] : undefined;
	const positionals: string[] = [];
	let help = false;

	for (let index = 0; index < words.length; index++) {
		const word = words[index] ?? '';
		if (word === '--') {
			positionals.push(...words.slice(index + 1));
			break;
		}
		if (!word.startsWith('-') || word === '-') {
			if (end === 'first-positional') {
				positionals.push(...words.slice(index));
				break;
			}
			positionals.push(word);
			continue;
		}

		const { written, inline } = split(word);
		const name = nameOf(written, table);
		if (name === undefined) {
			if (written === 'help' || written === 'h') {
				help = true;
				break;
			}
			throw unknownOption(word, written, table);
		}
		const option = table[name] as Option;
		let text = inline;
		if (text === undefined && option.kind !== 'flag') {
			text = words[++index];
			// Podman looks for these words to learn whether a runtime knows an option (restore --lsm-mount-context).
			if (text === undefined) throw new TsrunError('ERR_ARGUMENT', `flag needs an argument: ${word}`);
		}
		values[name] = interpret(option, name, text, values[name]);
	}
	return { options: values as Values<T>, positionals, help };
}

function split(word: string): { written: string; inline: string | undefined } {
	const body = word.startsWith('--') ? word.slice(2) : word.slice(1);
	const equals = body.indexOf('=');
	return equals < 0
		? { written: body, inline: undefined }
		: { written: body.slice(0, equals), inline: body.slice(equals + 1) };
}

function nameOf(written: string, table: Options): string | undefined {
	if (Object.hasOwn(table, written)) return written;
	for (const name of Object.keys(table)) if (table[name]?.alias === written) return name;
	return undefined;
}

function interpret(option: Option, name: string, text: string | undefined, before: Value): Value {
	switch (option.kind) {
		case 'flag':
			return text === undefined ? true : parseBoolean(name, text);
		case 'integer':
			return parseInteger(option, name, text ?? '');
		case 'list':
			return [...(before as string[]), text ?? ''];
		case 'text':
			if (option.choices !== undefined && !option.choices.includes(text ?? ''))
				throw wrongValue(name, text ?? '', `use ${option.choices.join(' or ')}`);
			return text;
	}
}

// The words of Go's strconv.ParseBool: callers write --rootless=true as well as --tty=1.
const booleans = new Map<string, boolean>([
	...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
	...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/** @throws TsrunError ERR_ARGUMENT when the text is none of Go's words for true and false. */
export function parseBoolean(name: string, text: string): boolean {
	const value = booleans.get(text);
	if (value === undefined) throw wrongValue(name, text, 'use true or false');
	return value;
}

function parseInteger(option: Option, name: string, text: string): number {
	const value = Number(text);
	if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
		throw wrongValue(name, text, 'a decimal number is expected');
	if (option.minimum !== undefined && value < option.minimum)
		throw wrongValue(name, text, `it must be at least ${option.minimum}`);
	return value;
}

/** The error for a value that an option cannot take. */
export function wrongValue(name: string, text: string, expected: string): TsrunError {
	return new TsrunError('ERR_ARGUMENT', `invalid value ${JSON.stringify(text)} for --${name}: ${expected}`);
}

function unknownOption(word: string, written: string, table: Options): TsrunError {
	const names = Object.keys(table).filter((name) => table[name]?.hidden !== true);
	const meant = nearest(written, names);
	return new TsrunError('ERR_ARGUMENT', `flag provided but not defined: ${word.split('=', 1)[0]}`, {
		hint: meant === undefined ? undefined : `did you mean --${meant}?`,
	});
}
