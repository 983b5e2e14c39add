import { optionalBoolean, optionalText, optionalTexts } from './scalars.js';
import { object } from './shape.js';

export const intelRdtSchema = object({
	closID: optionalText,
	l3CacheSchema: optionalText,
	memBwSchema: optionalText,
	schemata: optionalTexts,
	enableMonitoring: optionalBoolean,
});
