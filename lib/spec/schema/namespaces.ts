import { oneOf, optionalText } from './scalars.js';
import { object } from './shape.js';

export const namespaceTypes = ['mount', 'pid', 'network', 'uts', 'ipc', 'user', 'cgroup', 'time'] as const;

export const namespaceSchema = object({
	type: oneOf(namespaceTypes),
	path: optionalText,
});
