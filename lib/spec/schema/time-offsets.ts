import { integer, optionalInt64 } from './scalars.js';
import { object, optional, strictObject } from './shape.js';

const timeOffset = object({
	secs: optionalInt64,
	// time_namespaces(7): the kernel wants less than a whole second.
	nanosecs: optional(integer(0, 999_999_999)),
});

// A map whose keys are clock names: an unknown key is an unsupported value, not an unknown property.
export const timeOffsetsSchema = strictObject({
	monotonic: optional(timeOffset),
	boottime: optional(timeOffset),
});
