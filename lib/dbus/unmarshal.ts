import { malformed } from './malformed.js';
import { alignmentOf, type DBusType, parseSignature } from './signature.js';
import type { DBusValue } from './value.js';

/**
 * The values that bytes stand for; the inverse of {@link marshal}.
 *
 * @param littleEndian the sender's choice
 * @throws TsrunError ERR_DBUS when they are cut short or of another shape
 */
export function unmarshal(signature: string, bytes: Uint8Array, littleEndian = true): DBusValue[] {
	const reader = new Reader(bytes, littleEndian);
	return parseSignature(signature).map((type) => reader.value(type, 0));
}

/** Nesting of variants in variants is not limited by a signature. */
const deepest = 64;

class Reader {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	readonly #littleEndian: boolean;
	#at = 0;

	constructor(bytes: Uint8Array, littleEndian: boolean) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.#littleEndian = littleEndian;
	}

	value(type: DBusType, depth: number): DBusValue {
		if (depth > deepest) throw malformed('a message is nested too deeply');
		const { code, inner } = type;
		switch (code) {
			case 'y':
				return this.#view.getUint8(this.#take(1, 1));
			case 'n':
				return this.#view.getInt16(this.#take(2, 2), this.#littleEndian);
			case 'q':
				return this.#view.getUint16(this.#take(2, 2), this.#littleEndian);
			case 'i':
				return this.#view.getInt32(this.#take(4, 4), this.#littleEndian);
			case 'u':
			case 'h':
				return this.#unsigned();
			case 'b':
				return this.#unsigned() !== 0;
			case 'x':
				return this.#view.getBigInt64(this.#take(8, 8), this.#littleEndian);
			case 't':
				return this.#view.getBigUint64(this.#take(8, 8), this.#littleEndian);
			case 'd':
				return this.#view.getFloat64(this.#take(8, 8), this.#littleEndian);
			case 's':
			case 'o':
				return this.#text(this.#unsigned());
			case 'g':
				return this.#text(this.#view.getUint8(this.#take(1, 1)));
			case 'v':
				return this.#variant(depth);
			case 'a':
				return this.#array(type, depth);
			default:
				this.#take(0, 8);
				return inner.map((member) => this.value(member, depth + 1));
		}
	}

	#unsigned(): number {
		return this.#view.getUint32(this.#take(4, 4), this.#littleEndian);
	}

	#text(length: number): string {
		const start = this.#take(length + 1, 1);
		return Buffer.from(this.#bytes.subarray(start, start + length)).toString();
	}

	#variant(depth: number): DBusValue {
		const signature = this.#text(this.#view.getUint8(this.#take(1, 1)));
		const [type, ...more] = parseSignature(signature);
		if (type === undefined || more.length > 0) throw malformed('a variant has not exactly one type');
		return { signature, value: this.value(type, depth + 1) };
	}

	#array({ inner: [element] }: DBusType, depth: number): DBusValue[] {
		if (element === undefined) throw malformed('an array has no type of its elements');
		const length = this.#unsigned();
		const start = this.#take(0, alignmentOf(element));
		const end = start + length;
		if (end > this.#bytes.length) throw malformed('a message is cut short');
		const values: DBusValue[] = [];
		while (this.#at < end) values.push(this.value(element, depth + 1));
		if (this.#at !== end) throw malformed('an array does not end with an element');
		return values;
	}

	#take(length: number, alignment: number): number {
		const start = Math.ceil(this.#at / alignment) * alignment;
		this.#at = start + length;
		if (this.#at > this.#bytes.length) throw malformed('a message is cut short');
		return start;
	}
}
