import * as z from 'zod/mini';
import { optionalText } from './scalars.js';

export const namespaceTypes = ['mount', 'pid', 'network', 'uts', 'ipc', 'user', 'cgroup', 'time'] as const;

export const namespaceSchema = z.object({
	type: z.enum(namespaceTypes),
	path: optionalText,
});
