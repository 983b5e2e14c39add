import { malformed } from './malformed.js';
import { alignmentOf, type DBusType, parseSignature } from './signature.js';
import type { DBusValue, DBusVariant } from './value.js';

/**
 * The bytes of values (D-Bus Specification, "Marshaling"), little-endian.
 *
 * @param values one for each complete type of `signature`
 * @throws TsrunError ERR_DBUS when a value is not of its type
 */
export function marshal(signature: string, values: readonly DBusValue[]): Uint8Array {
	const types = parseSignature(signature);
	if (types.length !== values.length) throw malformed(`${values.length} values for the signature ${signature}`);
	const writer = new Writer();
	for (const [index, type] of types.entries()) writer.value(type, values[index]);
	return writer.bytes();
}

/** Ranges of the integers that fit a number. */
const ranges: Readonly<Record<string, readonly [least: number, most: number, bytes: 1 | 2 | 4]>> = {
	y: [0, 0xff, 1],
	n: [-0x8000, 0x7fff, 2],
	q: [0, 0xffff, 2],
	i: [-0x8000_0000, 0x7fff_ffff, 4],
	u: [0, 0xffff_ffff, 4],
};

class Writer {
	#buffer = Buffer.alloc(256);
	#length = 0;

	bytes(): Uint8Array {
		return this.#buffer.subarray(0, this.#length);
	}

	value(type: DBusType, value: DBusValue | undefined): void {
		const { code } = type;
		if (code in ranges && typeof value === 'number') this.#integer(code, value);
		else if ((code === 'x' || code === 't') && typeof value === 'bigint') this.#long(code, value);
		else if (code === 'd' && typeof value === 'number') this.#reserve(8, 8).writeDoubleLE(value);
		else if (code === 'b' && typeof value === 'boolean') this.#integer('u', value ? 1 : 0);
		else if ((code === 's' || code === 'o') && typeof value === 'string') this.#text(value, 4);
		else if (code === 'g' && typeof value === 'string') this.#text(value, 1);
		else if (code === 'v' && isVariant(value)) this.#variant(value);
		else if (code === 'a' && isList(value)) this.#array(type, value);
		else if ((code === '(' || code === '{') && isList(value)) this.#structure(type, value);
		else throw malformed(`a ${typeof value} is no value of the type ${code}`);
	}

	#integer(code: string, value: number): void {
		const [least, most, bytes] = ranges[code] ?? [0, 0, 4];
		if (!Number.isInteger(value) || value < least || value > most)
			throw malformed(`${value} does not fit the type ${code}`);
		const place = this.#reserve(bytes, bytes);
		if (least < 0) place.writeIntLE(value, 0, bytes);
		else place.writeUIntLE(value, 0, bytes);
	}

	#long(code: 'x' | 't', value: bigint): void {
		const fits = code === 'x' ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
		if (fits !== value) throw malformed(`${value} does not fit the type ${code}`);
		this.#reserve(8, 8).writeBigUInt64LE(BigInt.asUintN(64, value));
	}

	#text(text: string, lengthBytes: 1 | 4): void {
		if (text.includes('\0')) throw malformed('a text has a zero byte');
		const bytes = Buffer.from(text);
		this.#integer(lengthBytes === 1 ? 'y' : 'u', bytes.length);
		// The byte that is not written is the terminating zero.
		bytes.copy(this.#reserve(bytes.length + 1, 1));
	}

	#variant({ signature, value }: DBusVariant): void {
		const [type, ...more] = parseSignature(signature);
		if (type === undefined || more.length > 0)
			throw malformed(`a variant has the signature ${JSON.stringify(signature)}`);
		this.#text(signature, 1);
		this.value(type, value);
	}

	#array({ inner: [element] }: DBusType, values: readonly DBusValue[]): void {
		if (element === undefined) throw malformed('an array has no type of its elements');
		this.#integer('u', 0);
		const at = this.#length - 4;
		// The length does not count what aligns the first element.
		this.#reserve(0, alignmentOf(element));
		const start = this.#length;
		for (const value of values) this.value(element, value);
		this.#buffer.writeUInt32LE(this.#length - start, at);
	}

	#structure({ inner }: DBusType, values: readonly DBusValue[]): void {
		if (values.length !== inner.length) throw malformed(`a structure of ${inner.length} has ${values.length} members`);
		this.#reserve(0, 8);
		for (const [index, type] of inner.entries()) this.value(type, values[index]);
	}

	/** Aligns, and returns the next bytes, which are zero. */
	#reserve(bytes: number, alignment: number): Buffer {
		const start = Math.ceil(this.#length / alignment) * alignment;
		this.#length = start + bytes;
		if (this.#length > this.#buffer.length) {
			this.#buffer = Buffer.concat([this.#buffer], this.#length * 2);
		}
		return this.#buffer.subarray(start, this.#length);
	}
}

function isVariant(value: DBusValue | undefined): value is DBusVariant {
	return typeof value === 'object' && !Array.isArray(value) && 'signature' in value;
}

function isList(value: DBusValue | undefined): value is readonly DBusValue[] {
	return Array.isArray(value);
}
