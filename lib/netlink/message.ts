import { align, decodeAttributes, littleEndian, textOf, viewOf } from './attributes.js';

/** What netlink(7) says of flags and types, as far as it is used here. */
export const messageFlags = {
	request: 0x1,
	acknowledge: 0x4,
	interrupted: 0x10,
	capped: 0x100,
	acknowledgedWithWords: 0x200,
	dump: 0x300,
	replace: 0x100,
	create: 0x400,
} as const;

const types = { error: 2, done: 3 } as const;

const headerSize = 16;
const wordsOfKernel = 1;

/** One of the messages that answer a request. */
export type Answer =
	| { readonly kind: 'data'; readonly type: number; readonly interrupted: boolean; readonly body: Uint8Array }
	/** The end of the answer; `errno` is 0 when all went well. */
	| { readonly kind: 'end'; readonly errno: number; readonly words: string; readonly interrupted: boolean };

export interface Request {
	readonly type: number;
	readonly flags: number;
	readonly sequence: number;
	/** The header of the type (struct ifinfomsg, ifaddrmsg), and the attributes. */
	readonly body: readonly Uint8Array[];
}

export function encodeRequest({ type, flags, sequence, body }: Request): Uint8Array {
	const size = body.reduce((sum, part) => sum + part.length, headerSize);
	const bytes = new Uint8Array(size);
	const view = viewOf(bytes);
	view.setUint32(0, size, littleEndian);
	view.setUint16(4, type, littleEndian);
	view.setUint16(6, flags | messageFlags.request, littleEndian);
	view.setUint32(8, sequence, littleEndian);
	let at = headerSize;
	for (const part of body) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** The answers to the request of this number in one datagram; others are of a request that was given up. */
export function decodeAnswers(bytes: Uint8Array, sequence: number): Answer[] {
	const answers: Answer[] = [];
	for (let at = 0; at + headerSize <= bytes.length; ) {
		const view = viewOf(bytes.subarray(at));
		const size = view.getUint32(0, littleEndian);
		if (size < headerSize || at + size > bytes.length) break;
		if (view.getUint32(8, littleEndian) === sequence) answers.push(decodeAnswer(bytes.subarray(at, at + size)));
		at += align(size);
	}
	return answers;
}

function decodeAnswer(bytes: Uint8Array): Answer {
	const view = viewOf(bytes);
	const type = view.getUint16(4, littleEndian);
	const flags = view.getUint16(6, littleEndian);
	const interrupted = (flags & messageFlags.interrupted) !== 0;
	const body = bytes.subarray(headerSize);
	if (type !== types.error && type !== types.done) return { kind: 'data', type, interrupted, body };
	// A dump's end carries its errno in the same place; before Linux 4.14 nothing.
	const errno = body.length < 4 ? 0 : Math.abs(viewOf(body).getInt32(0, littleEndian));
	return { kind: 'end', errno, words: type === types.error ? words(body, flags) : '', interrupted };
}

/** What the kernel says in words (NETLINK_EXT_ACK), behind the number and the request that it is about. */
function words(body: Uint8Array, flags: number): string {
	if ((flags & messageFlags.acknowledgedWithWords) === 0 || body.length < 8) return '';
	const request = (flags & messageFlags.capped) !== 0 ? headerSize : viewOf(body).getUint32(4, littleEndian);
	return textOf(decodeAttributes(body.subarray(4 + align(request))).get(wordsOfKernel));
}
