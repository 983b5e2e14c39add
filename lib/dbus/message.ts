import { malformed } from './malformed.js';
import { marshal } from './marshal.js';
import { unmarshal } from './unmarshal.js';
import type { DBusValue, DBusVariant } from './value.js';

/** A call of a method. */
export interface MethodCall {
	/** Absent where the other end of the connection itself is meant. */
	readonly destination?: string;
	readonly path: string;
	readonly interface: string;
	readonly member: string;
	readonly signature?: string;
	readonly body?: readonly DBusValue[];
}

/** A message from the other side. */
export interface Incoming {
	readonly kind: 'reply' | 'error' | 'signal' | 'other';
	readonly replyTo: number | undefined;
	readonly path: string | undefined;
	readonly interface: string | undefined;
	readonly member: string | undefined;
	readonly errorName: string | undefined;
	readonly body: readonly DBusValue[];
}

// D-Bus Specification, "Message Format": codes of the header's fields, and types of messages.
const fields = { path: 1, interface: 2, member: 3, errorName: 4, replyTo: 5, destination: 6, signature: 8 } as const;
const kinds: Readonly<Record<number, Incoming['kind']>> = { 2: 'reply', 3: 'error', 4: 'signal' };
const methodCall = 1;
const version = 1;
const littleEndian = 'l'.charCodeAt(0);
const bigEndian = 'B'.charCodeAt(0);
const fixedHeader = 16;

/** No reply of systemd's comes near; the specification's own limit would let the other side fill our memory. */
const longest = 16 * 1024 * 1024;

/** @throws TsrunError ERR_DBUS when a value is not of its type */
export function encodeCall(call: MethodCall, serial: number): Uint8Array {
	const { destination, signature = '', body: values = [] } = call;
	const body = marshal(signature, values);
	const field = (code: number, type: string, value: string): DBusValue => [code, { signature: type, value }];
	const header = marshal('yyyyuua(yv)', [
		littleEndian,
		methodCall,
		0,
		version,
		body.length,
		serial,
		[
			field(fields.path, 'o', call.path),
			field(fields.interface, 's', call.interface),
			field(fields.member, 's', call.member),
			...(destination === undefined ? [] : [field(fields.destination, 's', destination)]),
			...(signature === '' ? [] : [field(fields.signature, 'g', signature)]),
		],
	]);
	const message = new Uint8Array(aligned(header.length) + body.length);
	message.set(header);
	message.set(body, aligned(header.length));
	return message;
}

/**
 * The first message in what has been received, with its length; undefined while it is not complete.
 *
 * @throws TsrunError ERR_DBUS
 */
export function decodeMessage(bytes: Uint8Array): { message: Incoming; length: number } | undefined {
	if (bytes.length < fixedHeader) return undefined;
	const order = bytes[0];
	if (order !== littleEndian && order !== bigEndian) throw malformed('a message has an unknown byte order');
	const little = order === littleEndian;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const bodyLength = view.getUint32(4, little);
	const bodyAt = aligned(fixedHeader + view.getUint32(12, little));
	const length = bodyAt + bodyLength;
	if (length > longest) throw malformed(`a message has ${length} bytes`);
	if (bytes.length < length) return undefined;
	const [, kind, , , , , list] = unmarshal('yyyyuua(yv)', bytes.subarray(0, bodyAt), little);
	const values = fieldsOf(list);
	const text = (code: number) => {
		const value = values.get(code);
		return typeof value === 'string' ? value : undefined;
	};
	const replyTo = values.get(fields.replyTo);
	return {
		length,
		message: {
			kind: kinds[Number(kind)] ?? 'other',
			replyTo: typeof replyTo === 'number' ? replyTo : undefined,
			path: text(fields.path),
			interface: text(fields.interface),
			member: text(fields.member),
			errorName: text(fields.errorName),
			body: unmarshal(text(fields.signature) ?? '', bytes.slice(bodyAt, length), little),
		},
	};
}

function fieldsOf(list: DBusValue | undefined): Map<number, DBusValue> {
	const entries = list as readonly (readonly [number, DBusVariant])[];
	return new Map(entries.map(([code, { value }]) => [code, value]));
}

function aligned(length: number): number {
	return Math.ceil(length / 8) * 8;
}
