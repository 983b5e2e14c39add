import * as z from 'zod/mini';
import { optionalTexts } from './scalars.js';

export const personalityDomains = ['LINUX', 'LINUX32'] as const;

export const personalitySchema = z.object({
	domain: z.enum(personalityDomains),
	flags: optionalTexts,
});
