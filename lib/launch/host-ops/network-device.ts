import { TsrunError } from '../../errors/index.js';
import type { OwnedFd } from '../../native/index.js';
import { type Address, addAddress, isGlobal, isPermanent, listAddresses } from '../../netlink/address.js';
import { findLink, type Link, listLinks, moveLink, setLinkUp } from '../../netlink/link.js';
import { RouteSocket } from '../../netlink/route-socket.js';
import { openNamespaceFile, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

/**
 * Moves a device of the runtime's network namespace to that of the container's process, with its addresses, and sets it up.
 * If the container is not made after all, the device comes back as it was.
 *
 * @throws TsrunError ERR_STEP_FAILED
 */
export function moveNetworkDevice(launch: Launch, step: HostOperations['move_network_device']): void {
	using ours = RouteSocket.open(-1);
	const device = findLink(ours, step.name);
	if (device === undefined) {
		throw refused(step.name, 'there is no such device in the network namespace of the runtime', 'ENODEV');
	}
	const addresses = listAddresses(ours, device).filter(isPermanent);
	using namespace = openNetwork(`/proc/${launch.process.pid}/ns/net`);
	const theirs = RouteSocket.open(namespace.number);
	let name = step.name;
	// The undo has the socket: it keeps the namespace, and with it the device, alive when the container's process has ended.
	launch.context.undo.push(
		`bring back the network device ${device.name}`,
		() => bringBack(theirs, device, name, addresses),
		() => theirs[Symbol.dispose](),
	);
	name = freeName(step, listLinks(theirs));
	// Down first: what is connected to it sees it go, not vanish. IPv6 takes its addresses away at that.
	setLinkUp(ours, device, false);
	moveLink(ours, device, { namespace: namespace.number, name });
	const moved = furnish(theirs, name, addresses.filter(isGlobal));
	setLinkUp(theirs, moved, true);
}

/** Asked before, since some kernels move a device first and fail to rename it then. */
function freeName({ name, as }: HostOperations['move_network_device'], links: readonly Link[]): string {
	const taken = new Set(links.map((link) => link.name));
	if (!as.includes('%d')) {
		if (taken.has(as)) throw refused(name, `the container has a device called ${as} already`, 'EEXIST');
		return as;
	}
	for (let number = 0; ; number++) {
		const free = as.replace('%d', String(number));
		if (!taken.has(free)) return free;
	}
}

/** The device in its new place, with its addresses: the kernel takes them away on the way. */
function furnish(socket: RouteSocket, name: string, addresses: readonly Address[]): Link {
	const link = findLink(socket, name);
	if (link === undefined) throw refused(name, 'it has not arrived', 'ENODEV');
	for (const address of addresses) addAddress(socket, link, address);
	return link;
}

function bringBack(from: RouteSocket, device: Link, name: string, addresses: readonly Address[]): void {
	using theirs = from;
	using ours = RouteSocket.open(-1);
	// A move that was refused may have been made half: then it has its old name there.
	const away = findLink(theirs, name) ?? findLink(theirs, device.name);
	if (findLink(ours, device.name)?.index !== device.index && away !== undefined) {
		using home = openNetwork('/proc/self/ns/net');
		moveLink(theirs, away, { namespace: home.number, name: device.name });
	}
	const back = furnish(ours, device.name, addresses);
	if (device.up) setLinkUp(ours, back, true);
}

function openNetwork(path: string): OwnedFd {
	try {
		return openNamespaceFile(path);
	} catch (cause) {
		throw systemFailure(`cannot open the network namespace ${path}`, cause, { path }, 'ERR_STEP_FAILED');
	}
}

function refused(name: string, why: string, errno: string): TsrunError {
	return new TsrunError('ERR_STEP_FAILED', `cannot move the network device ${name}: ${why}`, { errno });
}
