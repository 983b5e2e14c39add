import { oneOf, optionalTexts } from './scalars.js';
import { object } from './shape.js';

const personalityDomains = ['LINUX', 'LINUX32'] as const;

export const personalitySchema = object({
	domain: oneOf(personalityDomains),
	flags: optionalTexts,
});
