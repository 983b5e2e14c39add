import * as z from 'zod/mini';
import { integer, optionalInt64 } from './scalars.js';

const timeOffset = z.object({
	secs: optionalInt64,
	// time_namespaces(7): the kernel wants less than a whole second.
	nanosecs: z.optional(integer(0, 999_999_999)),
});

// A map whose keys are clock names: an unknown key is an unsupported value, not an unknown property.
export const timeOffsetsSchema = z.strictObject({
	monotonic: z.optional(timeOffset),
	boottime: z.optional(timeOffset),
});
