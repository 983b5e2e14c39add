import * as z from 'zod/mini';
import { nonEmpty, optionalBoolean } from './scalars.js';

export const rootSchema = z.object({
	path: nonEmpty,
	readonly: optionalBoolean,
});
