import * as z from 'zod/mini';
import { id, integer } from './scalars.js';

export const idMappingSchema = z.object({
	containerID: id,
	hostID: id,
	// A mapping of no ids is EINVAL to the kernel (map_write in kernel/user_namespace.c).
	size: integer(1, 0xffff_ffff),
});

export const idMappings = z.optional(z.array(idMappingSchema));
