import * as z from 'zod/mini';
import { integer, optionalTexts, text } from './scalars.js';

export const hookSchema = z.object({
	path: text,
	args: optionalTexts,
	env: optionalTexts,
	/** Seconds. */
	timeout: z.optional(integer(1, 0x7fff_ffff)),
});

const hookList = z.optional(z.array(hookSchema));

export const hookNames = [
	'prestart',
	'createRuntime',
	'createContainer',
	'startContainer',
	'poststart',
	'poststop',
] as const;

export const hooksSchema = z.object({
	prestart: hookList,
	createRuntime: hookList,
	createContainer: hookList,
	startContainer: hookList,
	poststart: hookList,
	poststop: hookList,
});
