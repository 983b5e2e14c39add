import * as z from 'zod/mini';
import { idMappings } from './id-mapping.js';
import { nonEmpty, optionalText, optionalTexts } from './scalars.js';

export const mountSchema = z.object({
	destination: nonEmpty,
	source: optionalText,
	type: optionalText,
	options: optionalTexts,
	uidMappings: idMappings,
	gidMappings: idMappings,
});
