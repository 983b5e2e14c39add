import { type Attributes, decodeAttributes, encodeAttributes, littleEndian, u32, viewOf } from './attributes.js';
import type { Link } from './link.js';
import { messageFlags } from './message.js';
import type { RouteSocket } from './route-socket.js';

/** An address of a network device. */
export interface Address {
	/** AF_INET or AF_INET6. */
	readonly family: number;
	readonly prefixLength: number;
	/** RT_SCOPE_*. */
	readonly scope: number;
	/** IFA_F_*. */
	readonly flags: number;
	readonly attributes: Attributes;
}

const newAddress = 20;
const getAddress = 22;

const headerSize = 8;
const attribute = { address: 1, local: 2, broadcast: 4, flags: 8, priority: 9 } as const;

const addressFlags = {
	noDuplicateDetection: 0x02,
	permanent: 0x80,
	managesTemporary: 0x100,
	noPrefixRoute: 0x200,
	joinsMulticast: 0x400,
} as const;

/** What somebody has chosen, of the flags an address can have; the others tell how it is. */
const chosen =
	addressFlags.noDuplicateDetection |
	addressFlags.managesTemporary |
	addressFlags.noPrefixRoute |
	addressFlags.joinsMulticast;

const scopeUniverse = 0;

/** @throws TsrunError ERR_STEP_FAILED */
export function listAddresses(socket: RouteSocket, { index }: Link): Address[] {
	return socket
		.dump('list the addresses of network devices', getAddress, [new Uint8Array(headerSize)])
		.filter((body) => viewOf(body).getUint32(4, littleEndian) === index)
		.map(decodeAddress);
}

function decodeAddress(body: Uint8Array): Address {
	const view = viewOf(body);
	const attributes = decodeAttributes(body.subarray(headerSize));
	const flags = attributes.get(attribute.flags);
	return {
		family: view.getUint8(0),
		prefixLength: view.getUint8(1),
		// The header has room for the first eight only.
		flags: flags === undefined ? view.getUint8(2) : viewOf(flags).getUint32(0, littleEndian),
		scope: view.getUint8(3),
		attributes,
	};
}

/** Not one that came by itself and ends by itself (rfc3549, IFA_F_PERMANENT). */
export function isPermanent({ flags }: Address): boolean {
	return (flags & addressFlags.permanent) !== 0;
}

/** Of the whole network, not of a link or a host. */
export function isGlobal({ scope }: Address): boolean {
	return scope === scopeUniverse;
}

/**
 * Gives a device an address that a device had before. One that is there already stays.
 *
 * @throws TsrunError ERR_STEP_FAILED
 */
export function addAddress(socket: RouteSocket, { index, name }: Link, address: Address): void {
	const { family, prefixLength, scope, flags, attributes } = address;
	const header = new Uint8Array(headerSize);
	const view = viewOf(header);
	view.setUint8(0, family);
	view.setUint8(1, prefixLength);
	view.setUint8(3, scope);
	view.setUint32(4, index, littleEndian);
	const kept = new Map<number, Uint8Array>([[attribute.flags, u32(flags & chosen)]]);
	for (const number of [attribute.local, attribute.address, attribute.broadcast, attribute.priority]) {
		const value = attributes.get(number);
		if (value !== undefined) kept.set(number, value);
	}
	const how = messageFlags.create | messageFlags.replace;
	socket.request(`give the network device ${name} an address`, newAddress, how, [header, encodeAttributes(kept)]);
}
