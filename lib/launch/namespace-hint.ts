import { namespaceTypes } from '../plan/tables/namespaces.js';

/** The value of a sysctl by its name, without white space; undefined where this kernel has none of the name. */
export type ReadSysctl = (name: string) => string | undefined;

const makes: readonly string[] = ['spawn', 'fork', 'unshare'];

/** What takes a capability before anything that may be refused for reasons of its own does. */
const takesFirst: readonly string[] = [...makes, 'become_root', 'loopback', 'hostname', 'domainname', 'propagation'];

/**
 * Which setting of the machine keeps user namespaces from being made, or from being of use, where one is known to:
 * the errno alone does not tell it.
 *
 * @param operation of the step that failed in, or on the way into, a user namespace that a user without privileges made
 */
export function namespaceHint(operation: string, errno: string, readSysctl: ReadSysctl): string | undefined {
	if (errno === 'ENOSPC') return makes.includes(operation) ? limitHint(readSysctl) : undefined;
	if (errno !== 'EPERM' && errno !== 'EACCES') return undefined;
	if (makes.includes(operation) && readSysctl('kernel.unprivileged_userns_clone') === '0') {
		return 'Users without privileges may not make user namespaces on this machine: set the sysctl kernel.unprivileged_userns_clone to 1 (in /etc/sysctl.d).';
	}
	// Ubuntu 23.10 and later: the namespace is made, and its first process has no capability in it.
	if (takesFirst.includes(operation) && readSysctl('kernel.apparmor_restrict_unprivileged_userns') === '1') {
		return 'AppArmor takes the capabilities from user namespaces of programs that it does not know: put a profile with the rule "userns," for this program into /etc/apparmor.d, or set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0.';
	}
	return undefined;
}

function limitHint(readSysctl: ReadSysctl): string | undefined {
	const none = Object.values(namespaceTypes)
		.map(({ file }) => `user.max_${file}_namespaces`)
		.filter((name) => readSysctl(name) === '0');
	if (none.length === 0) return undefined;
	const verb = none.length === 1 ? 'is' : 'are';
	return `This machine allows no such namespaces: ${none.join(', ')} ${verb} 0; set a higher limit in /etc/sysctl.d.`;
}
