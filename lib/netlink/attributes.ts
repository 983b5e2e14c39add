/** Attributes of a request or an answer (struct rtattr of linux/rtnetlink.h), by their numbers. */
export type Attributes = ReadonlyMap<number, Uint8Array>;

/** rtnetlink speaks the machine's own byte order. */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const headerSize = 4;

/** The two bits above the number say that the value is itself attributes, or of another byte order. */
const numberMask = 0x3fff;

export function u32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	viewOf(bytes).setUint32(0, value, littleEndian);
	return bytes;
}

/** With the NUL byte that the kernel counts. */
export function cString(text: string): Uint8Array {
	return new TextEncoder().encode(`${text}\0`);
}

export function textOf(bytes: Uint8Array | undefined): string {
	if (bytes === undefined) return '';
	const end = bytes.indexOf(0);
	return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}

export function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function align(size: number): number {
	return (size + 3) & ~3;
}

export function encodeAttributes(attributes: Attributes): Uint8Array {
	const sizes = [...attributes.values()].map(({ length }) => align(headerSize + length));
	const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
	let at = 0;
	for (const [number, value] of attributes) {
		const view = viewOf(bytes.subarray(at));
		view.setUint16(0, headerSize + value.length, littleEndian);
		view.setUint16(2, number, littleEndian);
		bytes.set(value, at + headerSize);
		at += align(headerSize + value.length);
	}
	return bytes;
}

/** What does not fit is left out: it is the kernel's, and what is missed is missing in the result. */
export function decodeAttributes(bytes: Uint8Array): Attributes {
	const attributes = new Map<number, Uint8Array>();
	for (let at = 0; at + headerSize <= bytes.length; ) {
		const view = viewOf(bytes.subarray(at));
		const size = view.getUint16(0, littleEndian);
		if (size < headerSize || at + size > bytes.length) break;
		attributes.set(view.getUint16(2, littleEndian) & numberMask, bytes.subarray(at + headerSize, at + size));
		at += align(size);
	}
	return attributes;
}
