import * as z from 'zod/mini';
import { hooksSchema } from './hooks.js';
import { linuxSchema } from './linux.js';
import { mountSchema } from './mounts.js';
import { ociVersionSchema } from './oci-version.js';
import { processSchema } from './process.js';
import { rootSchema } from './root.js';
import { freeText, key, optionalText } from './scalars.js';

export const specSchema = z.object({
	ociVersion: ociVersionSchema,
	root: rootSchema,
	// Not required here: create works without one, start does not (config.md, "Process").
	process: z.optional(processSchema),
	hostname: optionalText,
	domainname: optionalText,
	mounts: z.optional(z.array(mountSchema)),
	hooks: z.optional(hooksSchema),
	annotations: z.optional(z.record(key, freeText)),
	linux: z.optional(linuxSchema),
});
