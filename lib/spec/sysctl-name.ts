import type { NamespaceType } from './types.js';

/**
 * The file below /proc/sys that a sysctl name means, as path components. As sysctl(8) has it, the first separator decides:
 * after a dot, dots separate and a slash stands for a dot inside a name (`net.ipv4.conf.eth0/100.forwarding`), after a
 * slash it is the other way round.
 */
export function sysctlComponents(name: string): string[] {
	const slashes = /^[^./]*\//.test(name);
	return name.split(slashes ? '/' : '.').map((part) => (slashes ? part : part.replaceAll('/', '.')));
}

// ipc/ipc_sysctl.c: the ones whose table belongs to the ipc namespace.
const ipcNames = new Set(['msgmax', 'msgmnb', 'msgmni', 'sem', 'shmall', 'shmmax', 'shmmni', 'shm_rmid_forced']);

/** Which namespace a kernel parameter belongs to, by its path components; undefined for those that the whole machine shares. */
export function sysctlNamespace([area, name]: readonly string[]): NamespaceType | undefined {
	if (area === 'net') return 'network';
	if (area === 'user') return 'user';
	if (area === 'fs' && name === 'mqueue') return 'ipc';
	if (area !== 'kernel' || name === undefined) return undefined;
	if (name === 'domainname') return 'uts';
	return ipcNames.has(name) ? 'ipc' : undefined;
}
