import { nonEmpty, optionalBoolean } from './scalars.js';
import { object } from './shape.js';

export const rootSchema = object({
	path: nonEmpty,
	readonly: optionalBoolean,
});
