import * as z from 'zod/mini';
import { oneOf, optionalText } from './scalars.js';

export const namespaceTypes = ['mount', 'pid', 'network', 'uts', 'ipc', 'user', 'cgroup', 'time'] as const;

export const namespaceSchema = z.object({
	type: oneOf(namespaceTypes),
	path: optionalText,
});
