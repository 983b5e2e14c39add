import { integer, optionalTexts, text } from './scalars.js';
import { array, object, optional } from './shape.js';

const hookSchema = object({
	path: text,
	args: optionalTexts,
	env: optionalTexts,
	/** Seconds. */
	timeout: optional(integer(1, 0x7fff_ffff)),
});

const hookList = optional(array(hookSchema));

export const hookNames = [
	'prestart',
	'createRuntime',
	'createContainer',
	'startContainer',
	'poststart',
	'poststop',
] as const;

export const hooksSchema = object({
	prestart: hookList,
	createRuntime: hookList,
	createContainer: hookList,
	startContainer: hookList,
	poststart: hookList,
	poststop: hookList,
});
