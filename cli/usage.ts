import { TsrunError } from '../lib/index.js';
import type { Command } from './command.js';
import { nearest } from './nearest.js';
import { verbs } from './table.js';

/** `tsrun kill [option ...] <container-id> [signal]` */
export function usageOf(command: Command): string {
	const options = Object.keys(command.options).length > 0 ? ' [option ...]' : '';
	const { usage } = command.positionals;
	return `tsrun ${command.name}${options}${usage === '' ? '' : ` ${usage}`}`;
}

/** @throws TsrunError ERR_ARGUMENT when the verb takes fewer or more words; the phrases are runc's. */
export function checkCount(command: Command, count: number): void {
	const { minimum, maximum } = command.positionals;
	if (count >= minimum && count <= maximum) return;
	const name = JSON.stringify(command.name);
	if (minimum === maximum) throw new TsrunError('ERR_ARGUMENT', `${name} requires exactly ${minimum} argument(s)`);
	const bound = count < minimum ? `a minimum of ${minimum}` : `a maximum of ${maximum}`;
	throw new TsrunError('ERR_ARGUMENT', `${name} requires ${bound} argument(s)`);
}

/** The error with a hint that shows how the verb (or tsrun itself) is called, behind the hint it may have. */
export function withUsage(error: unknown, command?: Command): unknown {
	if (!(error instanceof TsrunError)) return error;
	const usage =
		command === undefined
			? 'usage: tsrun [option ...] <command> [argument ...]; see tsrun --help'
			: `usage: ${usageOf(command)}; see tsrun ${command.name} --help`;
	return new TsrunError(error.code, error.message, {
		hint: error.hint === undefined ? usage : `${error.hint} ${usage}`,
		cause: error.cause,
	});
}

/** The error for a word that is no verb, in front of others. */
export function unknownVerb(word: string, others: readonly string[]): TsrunError {
	if (others.some((other) => /^--?h(elp)?$/.test(other))) return unknownTopic(word);
	return notAmongVerbs(word, `unknown command ${JSON.stringify(word)}`);
}

/** The error for a word that is no verb, of somebody who asks what it does; the phrase is runc's. */
export function unknownTopic(word: string): TsrunError {
	return notAmongVerbs(word, `No help topic for '${word}'`);
}

function notAmongVerbs(word: string, message: string): TsrunError {
	const meant = nearest(word, [...verbs.keys()]);
	const guess = meant === undefined ? '' : `did you mean ${meant}? `;
	return new TsrunError('ERR_ARGUMENT', message, { hint: `${guess}see tsrun --help` });
}
