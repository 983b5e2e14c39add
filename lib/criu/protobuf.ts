/**
 * As much of the protobuf encoding as CRIU's protocol has: numbers as varints, and everything else with its length in front.
 * A library for it would be larger than all that talks to CRIU.
 */
export type FieldValue = number | boolean | string | Uint8Array;

/** Number of a field and what it holds: several values for a repeated one, undefined for one that is left out. */
export type Field = readonly [number: number, value: FieldValue | readonly FieldValue[] | undefined];

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

/** A message with these fields, in their order. */
export function encodeMessage(fields: readonly Field[]): Buffer {
	const parts: Uint8Array[] = [];
	for (const [number, value] of fields) {
		if (value === undefined) continue;
		for (const one of isList(value) ? value : [value]) parts.push(encodeField(number, one));
	}
	return Buffer.concat(parts);
}

function isList(value: FieldValue | readonly FieldValue[]): value is readonly FieldValue[] {
	return Array.isArray(value);
}

function encodeField(number: number, value: FieldValue): Buffer {
	if (typeof value === 'boolean') return encodeField(number, value ? 1 : 0);
	// A negative int32 is sent as the 64 bits of its two's complement.
	if (typeof value === 'number') return Buffer.concat([encodeVarint(key(number, varint)), encodeVarint(BigInt(value))]);
	const bytes = typeof value === 'string' ? Buffer.from(value) : value;
	return Buffer.concat([encodeVarint(key(number, delimited)), encodeVarint(BigInt(bytes.length)), bytes]);
}

function key(number: number, wireType: number): bigint {
	return (BigInt(number) << 3n) | BigInt(wireType);
}

function encodeVarint(value: bigint): Buffer {
	const bytes: number[] = [];
	let rest = BigInt.asUintN(64, value);
	for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
	bytes.push(Number(rest));
	return Buffer.from(bytes);
}

/** The fields of a received message; of one that comes several times, the last counts. */
export class Message {
	readonly #fields = new Map<number, bigint | Buffer>();

	/** @throws RangeError when the bytes are no message */
	constructor(bytes: Buffer) {
		const reader = new Reader(bytes);
		while (!reader.atEnd) {
			const head = reader.varint();
			const value = reader.value(Number(head & 7n));
			if (value !== undefined) this.#fields.set(Number(head >> 3n), value);
		}
	}

	/** An int32, enum or bool as a number; undefined where it is left out. */
	number(field: number): number | undefined {
		const value = this.#fields.get(field);
		return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : undefined;
	}

	flag(field: number): boolean {
		return this.number(field) === 1;
	}

	text(field: number): string | undefined {
		const value = this.#fields.get(field);
		return typeof value === 'object' ? value.toString('utf8') : undefined;
	}

	/** @throws RangeError when the field is no message */
	message(field: number): Message | undefined {
		const value = this.#fields.get(field);
		return typeof value === 'object' ? new Message(value) : undefined;
	}
}

class Reader {
	readonly #bytes: Buffer;
	#at = 0;

	constructor(bytes: Buffer) {
		this.#bytes = bytes;
	}

	get atEnd(): boolean {
		return this.#at === this.#bytes.length;
	}

	varint(): bigint {
		let value = 0n;
		for (let shift = 0n; shift < 70n; shift += 7n) {
			const byte = this.#take(1)[0] ?? 0;
			value |= BigInt(byte & 0x7f) << shift;
			if (byte < 0x80) return BigInt.asUintN(64, value);
		}
		throw new RangeError('a number has more than 64 bits');
	}

	/** Undefined for a value of a kind that none of the protocol's fields has. */
	value(wireType: number): bigint | Buffer | undefined {
		if (wireType === varint) return this.varint();
		if (wireType === delimited) return this.#take(Number(this.varint()));
		if (wireType !== fixed64 && wireType !== fixed32) throw new RangeError(`there is no wire type ${wireType}`);
		this.#take(wireType === fixed64 ? 8 : 4);
		return undefined;
	}

	#take(length: number): Buffer {
		const end = this.#at + length;
		if (end > this.#bytes.length) throw new RangeError('a field is longer than its message');
		const taken = this.#bytes.subarray(this.#at, end);
		this.#at = end;
		return taken;
	}
}
