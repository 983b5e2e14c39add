import { idMappings } from './id-mapping.js';
import { nonEmpty, optionalText, optionalTexts } from './scalars.js';
import { object } from './shape.js';

export const mountSchema = object({
	destination: nonEmpty,
	source: optionalText,
	type: optionalText,
	options: optionalTexts,
	uidMappings: idMappings,
	gidMappings: idMappings,
});
