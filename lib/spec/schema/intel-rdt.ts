import * as z from 'zod/mini';
import { optionalBoolean, optionalText, optionalTexts } from './scalars.js';

export const intelRdtSchema = z.object({
	closID: optionalText,
	l3CacheSchema: optionalText,
	memBwSchema: optionalText,
	schemata: optionalTexts,
	enableMonitoring: optionalBoolean,
});
