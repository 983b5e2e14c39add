import { cString, decodeAttributes, encodeAttributes, littleEndian, textOf, u32, viewOf } from './attributes.js';
import type { RouteSocket } from './route-socket.js';

/** A network device, as far as one is moved. */
export interface Link {
	readonly index: number;
	readonly name: string;
	readonly up: boolean;
}

const newLink = 16;
const getLink = 18;

const headerSize = 16;
const flagUp = 1;
const attribute = { name: 3, namespace: 28 } as const;

/** The device of this name; undefined when there is none. */
export function findLink(socket: RouteSocket, name: string): Link | undefined {
	return listLinks(socket).find((link) => link.name === name);
}

/** @throws TsrunError ERR_STEP_FAILED */
export function listLinks(socket: RouteSocket): Link[] {
	return socket.dump('list the network devices', getLink, [linkHeader(0, 0, 0)]).map((body) => {
		const view = viewOf(body);
		return {
			index: view.getInt32(4, littleEndian),
			name: textOf(decodeAttributes(body.subarray(headerSize)).get(attribute.name)),
			up: (view.getUint32(8, littleEndian) & flagUp) !== 0,
		};
	});
}

/** @throws TsrunError ERR_STEP_FAILED */
export function setLinkUp(socket: RouteSocket, { index, name }: Link, up: boolean): void {
	const what = `set the network device ${name} ${up ? 'up' : 'down'}`;
	socket.request(what, newLink, 0, [linkHeader(index, up ? flagUp : 0, flagUp)]);
}

/**
 * Moves a device, and names it, in one request: there it never has a name that is taken.
 *
 * @param namespace descriptor of the network namespace it goes to
 * @throws TsrunError ERR_STEP_FAILED
 */
export function moveLink(socket: RouteSocket, { index, name }: Link, to: { namespace: number; name: string }): void {
	const attributes = new Map([
		[attribute.name, cString(to.name)],
		[attribute.namespace, u32(to.namespace)],
	]);
	const what = `move the network device ${name}`;
	socket.request(what, newLink, 0, [linkHeader(index, 0, 0), encodeAttributes(attributes)]);
}

/** struct ifinfomsg. */
function linkHeader(index: number, flags: number, change: number): Uint8Array {
	const bytes = new Uint8Array(headerSize);
	const view = viewOf(bytes);
	view.setInt32(4, index, littleEndian);
	view.setUint32(8, flags, littleEndian);
	view.setUint32(12, change, littleEndian);
	return bytes;
}
