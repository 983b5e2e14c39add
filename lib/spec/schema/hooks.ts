import * as z from 'zod/mini';
import { cString, integer, optionalTexts } from './scalars.js';

export const hookSchema = z.object({
	path: cString,
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
