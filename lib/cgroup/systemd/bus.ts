import { existsSync } from 'node:fs';
import { socketPaths } from '../../dbus/address.js';
import type { HostFacts } from '../../host/facts.js';

/** Which systemd makes our cgroups: that of the machine, or that of a user's session. */
export type ManagerKind = 'system' | 'user';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a manager can be reached. */
export interface Bus {
	readonly path: string;
	/** systemd itself is at the other end, and no bus that would have to be greeted and told whom a call is for. */
	readonly direct: boolean;
}

/**
 * Root of the machine uses the machine's systemd, and everybody else their own. Root of a user namespace is everybody
 * else where a session says so; in a container with a systemd of its own none does.
 */
export function managerKind(
	{ euid, inUserNamespace }: Pick<HostFacts, 'euid' | 'inUserNamespace'>,
	environment: Environment,
): ManagerKind {
	if (euid !== 0) return 'user';
	return inUserNamespace && userBuses(environment).some(({ path }) => existsSync(path)) ? 'user' : 'system';
}

/** In the order in which they are to be tried. The private socket of systemd is there when the bus is not yet. */
export function buses(kind: ManagerKind, environment: Environment): Bus[] {
	if (kind === 'user') return userBuses(environment);
	return [
		{ path: '/run/dbus/system_bus_socket', direct: false },
		{ path: '/run/systemd/private', direct: true },
	];
}

function userBuses({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: directory }: Environment): Bus[] {
	const own = directory?.startsWith('/') ? directory.replace(/\/+$/, '') : undefined;
	const paths = new Set([...socketPaths(address ?? ''), ...(own === undefined ? [] : [`${own}/bus`])]);
	return [
		...[...paths].map((path) => ({ path, direct: false })),
		...(own === undefined ? [] : [{ path: `${own}/systemd/private`, direct: true }]),
	];
}
