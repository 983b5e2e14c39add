import { initOperations } from '../../lib/plan/tables/operations.js';

/** One operation as the init helper reads it. Descriptors are indexes, or null for none. */
export interface DecodedRecord {
	readonly operation: string;
	readonly step: number;
	readonly args: Readonly<Record<string, unknown>>;
}

/** A reader of programs that shares nothing with their writer but the table of operations (addon/wire/messages.h). */
export function decodeProgram(bytes: Uint8Array): DecodedRecord[] {
	const reader = new Reader(bytes);
	if (reader.u32() !== 0x4e555254 || reader.u32() !== 1) throw new Error('the head of the program is wrong');
	const count = reader.u32();
	if (reader.u32() !== 0) throw new Error('the reserved word is not 0');
	const records = Array.from({ length: count }, () => decodeRecord(reader));
	if (reader.left !== 0) throw new Error(`${reader.left} bytes stand after the last record`);
	return records;
}

function decodeRecord(reader: Reader): DecodedRecord {
	const id = reader.u32();
	const step = reader.u32();
	const fields = new Reader(reader.take(reader.u32()));
	const found = Object.entries(initOperations).find(([, operation]) => operation.id === id);
	if (found === undefined) throw new Error(`no operation has the number ${id}`);
	const [operation, { fields: types }] = found;
	const args = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, readField[type](fields)]));
	if (fields.left !== 0) throw new Error(`${fields.left} bytes stand after the fields of ${operation}`);
	return { operation, step, args };
}

const readField = {
	u32: (reader) => reader.u32(),
	u64: (reader) => reader.u64(),
	i64: (reader) => BigInt.asIntN(64, reader.u64()),
	str: (reader) => reader.text(),
	bytes: (reader) => new Uint8Array(reader.take(reader.u32())),
	strs: (reader) => reader.list(() => reader.text()),
	u32s: (reader) => reader.list(() => reader.u32()),
	u64s: (reader) => reader.list(() => reader.u64()),
	fd: (reader) => reader.descriptor(),
	fds: (reader) => reader.list(() => reader.descriptor()),
} satisfies Record<string, (reader: Reader) => unknown>;

class Reader {
	readonly #view: DataView;
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	take(length: number): Uint8Array {
		if (length > this.left) throw new Error('a record is longer than the program');
		this.#at += length;
		return this.#bytes.subarray(this.#at - length, this.#at);
	}

	u32(): number {
		this.#at += 4;
		return this.#view.getUint32(this.#at - 4, true);
	}

	u64(): bigint {
		this.#at += 8;
		return this.#view.getBigUint64(this.#at - 8, true);
	}

	text(): string {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(this.take(this.u32()));
		if (this.take(1)[0] !== 0) throw new Error(`no NUL stands after ${JSON.stringify(text)}`);
		return text;
	}

	list<Item>(read: () => Item): Item[] {
		return Array.from({ length: this.u32() }, read);
	}

	descriptor(): number | null {
		const index = this.u32();
		return index === 0xffffffff ? null : index;
	}
}
