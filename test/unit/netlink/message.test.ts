import { cString, decodeAttributes, encodeAttributes, textOf, u32 } from '../../../lib/netlink/attributes.js';
import { decodeAnswers, encodeRequest, messageFlags } from '../../../lib/netlink/message.js';

const integers = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);
const shorts = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);

/** As the kernel sends it. */
function datagram(...messages: { type: number; flags?: number; sequence: number; body: Uint8Array }[]): Uint8Array {
	return Buffer.concat(
		messages.map(({ type, flags = 0, sequence, body }) =>
			Buffer.concat([
				integers(16 + body.length),
				shorts(type, flags),
				integers(sequence, 0),
				body,
				new Uint8Array(-body.length & 3),
			]),
		),
	);
}

const [ERROR, DONE] = [2, 3];

test('attributes come back as they were, whatever their length', () => {
	const attributes = new Map([
		[3, cString('eth0')],
		[28, u32(7)],
		[1, Uint8Array.of(1, 2, 3)],
	]);
	const bytes = encodeAttributes(attributes);
	expect(bytes.length % 4).toBe(0);
	expect(decodeAttributes(bytes)).toEqual(attributes);
	expect(textOf(decodeAttributes(bytes).get(3))).toBe('eth0');
});

test('what is cut off among attributes is left out', () => {
	const bytes = encodeAttributes(
		new Map([
			[1, u32(5)],
			[2, u32(6)],
		]),
	);
	expect([...decodeAttributes(bytes.subarray(0, 12)).keys()]).toEqual([1]);
	expect(decodeAttributes(new Uint8Array(4)).size).toBe(0);
});

test('a request has its size and its number', () => {
	const bytes = encodeRequest({ type: 18, flags: messageFlags.dump, sequence: 9, body: [u32(1), u32(2)] });
	expect([...new Int32Array(bytes.buffer)]).toEqual([
		24,
		18 | ((messageFlags.dump | messageFlags.request) << 16),
		9,
		0,
		1,
		2,
	]);
});

test('answers to other requests are passed over', () => {
	const bytes = datagram(
		{ type: 16, sequence: 1, body: u32(1) },
		{ type: 16, flags: messageFlags.interrupted, sequence: 2, body: Uint8Array.of(7) },
		{ type: DONE, sequence: 2, body: integers(0) },
	);
	expect(decodeAnswers(bytes, 2)).toEqual([
		{ kind: 'data', type: 16, interrupted: true, body: Uint8Array.of(7) },
		{ kind: 'end', errno: 0, words: '', interrupted: false },
	]);
});

test.each([
	['without the request', messageFlags.capped, new Uint8Array(16)],
	// The request as it came: a header that says 20, and four bytes.
	['behind the request', 0, Buffer.concat([integers(20), new Uint8Array(16)])],
])('a refusal comes with the kernel’s words, %s', (_, flags, request) => {
	const words = encodeAttributes(new Map([[1, cString('not this one')]]));
	const body = Buffer.concat([integers(-22), request, words]);
	const answers = decodeAnswers(datagram({ type: ERROR, flags: flags | 0x200, sequence: 4, body }), 4);
	expect(answers).toEqual([{ kind: 'end', errno: 22, words: 'not this one', interrupted: false }]);
});

test('an acknowledgement is an end without error', () => {
	const answers = decodeAnswers(datagram({ type: ERROR, sequence: 4, body: integers(0, 20, 0, 0, 0, 0) }), 4);
	expect(answers).toEqual([{ kind: 'end', errno: 0, words: '', interrupted: false }]);
});
