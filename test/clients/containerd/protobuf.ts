/** A message to be sent: field number and value, repeated fields several times. */
export type Message = readonly (readonly [field: number, value: string | number | Message])[];

/** Encodes a message of the protocol buffer wire format: strings, whole numbers from 0 on, and messages are all that CRI needs. */
export function encodeMessage(message: Message): Buffer {
	return Buffer.concat(message.map(([field, value]) => encodeField(field, value)));
}

function encodeField(field: number, value: string | number | Message): Buffer {
	if (typeof value === 'number') return Buffer.concat([varint(field * 8), varint(value)]);
	const bytes = typeof value === 'string' ? Buffer.from(value) : encodeMessage(value);
	return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
	const bytes: number[] = [];
	for (; value > 0x7f; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
	return Buffer.from([...bytes, value]);
}

/** A message that was received. */
export class Received {
	readonly #fields = new Map<number, (number | Buffer)[]>();

	/** @throws RangeError when the bytes end too early, Error on a wire type that CRI's messages do not have */
	constructor(bytes: Buffer) {
		let at = 0;
		const next = (): number => {
			let value = 0;
			for (let scale = 1; ; scale *= 0x80) {
				const byte = bytes.readUInt8(at++);
				value += (byte & 0x7f) * scale;
				if (byte < 0x80) return value;
			}
		};
		while (at < bytes.length) {
			const key = next();
			const kind = key % 8;
			if (kind !== 0 && kind !== 2) throw new Error(`wire type ${kind}`);
			const length = next();
			const value = kind === 0 ? length : bytes.subarray(at, at + length);
			if (kind === 2) at += length;
			const field = Math.floor(key / 8);
			this.#fields.set(field, [...(this.#fields.get(field) ?? []), value]);
		}
	}

	/** 0, as the format has it, where the field is absent. */
	number(field: number): number {
		const value = this.#fields.get(field)?.at(-1) ?? 0;
		if (typeof value !== 'number') throw new Error(`field ${field} is no number`);
		return value;
	}

	/** Empty where the field is absent. */
	text(field: number): string {
		return this.#bytes(field).toString('utf8');
	}

	message(field: number): Received {
		return new Received(this.#bytes(field));
	}

	#bytes(field: number): Buffer {
		const value = this.#fields.get(field)?.at(-1) ?? Buffer.alloc(0);
		if (typeof value === 'number') throw new Error(`field ${field} is a number`);
		return value;
	}
}
