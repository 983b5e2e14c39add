import type { Rule } from '../fault.js';
import { escapePart } from '../pointer.js';
import { sysctlComponents } from '../sysctl-name.js';
import type { NamespaceType, Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

// ipc/ipc_sysctl.c: the ones whose table belongs to the ipc namespace.
const ipcNames = new Set(['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced']);

/** Which namespace a kernel parameter belongs to; undefined for those that the whole machine shares. */
function namespaceTypeOf([area, name]: readonly string[]): NamespaceType | undefined {
	if (area === 'net') return 'network';
	if (area === 'user') return 'user';
	if (area === 'fs' && name === 'mqueue') return 'ipc';
	if (area !== 'kernel' || name === undefined) return undefined;
	if (name === 'domainname') return 'uts';
	return ipcNames.has(name) ? 'ipc' : undefined;
}

/** A parameter of the machine, or of a namespace that the container shares with it, would be set for everybody. */
export const namespacedSysctls: Rule<Spec> = function* (spec) {
	for (const name of Object.keys(spec.linux?.sysctl ?? {})) {
		const pointer = `/linux/sysctl/${escapePart(name)}`;
		const parts = sysctlComponents(name);
		// Slashes and dots trade places in these names, so a/../b has more spellings than one.
		if (parts.length < 2 || parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('/'))) {
			yield { pointer, message: 'is not the name of a kernel parameter' };
			continue;
		}
		if (parts.join('/') === 'kernel/hostname') {
			yield { pointer, message: 'must be asked for with the member /hostname' };
			continue;
		}
		const type = namespaceTypeOf(parts);
		if (type === undefined) {
			yield { pointer, message: 'is a parameter of the whole machine, not of a namespace' };
		} else if (namespaceOf(spec, type) === undefined) {
			yield { pointer, message: `would change the host, it needs an entry of type ${type} in /linux/namespaces` };
		}
	}
};
