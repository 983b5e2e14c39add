import type { NamespaceType } from '../spec/index.js';
import { type SpecChange, withLinux } from './change.js';

/** Whose namespace: a new one, the caller's, one given by a path, or that of a process. */
export type NamespaceChoice = 'new' | 'host' | { readonly path: string } | { readonly pid: number };

// Names of the files in /proc/PID/ns, where they are not those of config.json.
const files: Readonly<Partial<Record<NamespaceType, string>>> = { mount: 'mnt', network: 'net' };

/**
 * Says which namespace of a kind the container is in.
 *
 * @example namespace('network', { pid: other.pid })
 */
export function namespace(type: NamespaceType, choice: NamespaceChoice): SpecChange {
	const entry =
		choice === 'host'
			? []
			: choice === 'new'
				? [{ type }]
				: [{ type, path: 'path' in choice ? choice.path : `/proc/${choice.pid}/ns/${files[type] ?? type}` }];
	return (spec) =>
		withLinux(spec, ({ namespaces = [] }) => ({
			namespaces: [...namespaces.filter((other) => other.type !== type), ...entry],
		}));
}

/** The network that a container has: none but a loopback device (`new`), the machine's (`host`), or another one's. */
export function network(choice: NamespaceChoice): SpecChange {
	return namespace('network', choice);
}

/**
 * A user namespace: root of the container is `firstId` of the machine, 1 is the one after it, and so on.
 *
 * @param firstId user and group id on the host
 * @param size how many ids
 */
export function userNamespace(firstId: number, size = 65_536): SpecChange {
	const mappings = [{ containerID: 0, hostID: firstId, size }];
	return (spec) => withLinux(namespace('user', 'new')(spec), () => ({ uidMappings: mappings, gidMappings: mappings }));
}
