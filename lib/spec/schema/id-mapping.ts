import { id, integer } from './scalars.js';
import { array, object, optional } from './shape.js';

const idMappingSchema = object({
	containerID: id,
	hostID: id,
	// A mapping of no ids is EINVAL to the kernel (map_write in kernel/user_namespace.c).
	size: integer(1, 0xffff_ffff),
});

export const idMappings = optional(array(idMappingSchema));
