import * as z from 'zod/mini';
import { oneOf, optionalTexts } from './scalars.js';

export const personalityDomains = ['LINUX', 'LINUX32'] as const;

export const personalitySchema = z.object({
	domain: oneOf(personalityDomains),
	flags: optionalTexts,
});
