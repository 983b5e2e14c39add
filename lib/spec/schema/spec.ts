import { hooksSchema } from './hooks.js';
import { linuxSchema } from './linux.js';
import { mountSchema } from './mounts.js';
import { ociVersionSchema } from './oci-version.js';
import { processSchema } from './process.js';
import { rootSchema } from './root.js';
import { freeText, optionalText } from './scalars.js';
import { array, map, object, optional } from './shape.js';

export const specSchema = object({
	ociVersion: ociVersionSchema,
	root: rootSchema,
	// Not required here: create works without one, start does not (config.md, "Process").
	process: optional(processSchema),
	hostname: optionalText,
	domainname: optionalText,
	mounts: optional(array(mountSchema)),
	hooks: optional(hooksSchema),
	annotations: optional(map(freeText)),
	linux: optional(linuxSchema),
});
