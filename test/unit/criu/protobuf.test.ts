import fc from 'fast-check';
import { encodeMessage, Message } from '../../../lib/criu/protobuf.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('fields as the encoding of protobuf has them', () => {
	// The examples of its documentation: 150 in field 1, "testing" in field 2, -2 in field 1.
	expect(hex(encodeMessage([[1, 150]]))).toBe('089601');
	expect(hex(encodeMessage([[2, 'testing']]))).toBe('120774657374696e67');
	expect(hex(encodeMessage([[1, -2]]))).toBe('08feffffffffffffffff01');
	expect(hex(encodeMessage([[3, encodeMessage([[1, 150]])]]))).toBe('1a03089601');
	expect(hex(encodeMessage([[1, true]]))).toBe('0801');
	expect(hex(encodeMessage([[34, false]]))).toBe('900200');
	expect(hex(encodeMessage([[4, ['a', 'b']]]))).toBe('220161220162');
	expect(hex(encodeMessage([[1, undefined]]))).toBe('');
	expect(hex(encodeMessage([[38, 0x4000_0000]]))).toBe('b0028080808004');
});

test('what is encoded is read back', () => {
	const field = fc.integer({ min: 1, max: 536_870_911 });
	fc.assert(
		fc.property(field, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (number, value) => {
			expect(new Message(encodeMessage([[number, value]])).number(number)).toBe(value);
		}),
	);
	fc.assert(
		fc.property(field, fc.string({ unit: 'grapheme' }), (number, value) => {
			const message = new Message(encodeMessage([[number, encodeMessage([[1, value]])]]));
			expect(message.message(number)?.text(1)).toBe(value);
		}),
	);
});

test('of a field that comes twice the last counts, and unknown kinds are passed over', () => {
	const message = new Message(Buffer.from(`0801${'0802'}2d01020304${'31'}0102030405060708${'1a00'}`, 'hex'));
	expect(message.number(1)).toBe(2);
	expect(message.number(5)).toBeUndefined();
	expect(message.number(6)).toBeUndefined();
	expect(message.text(3)).toBe('');
	expect(message.text(1)).toBeUndefined();
	expect(message.number(3)).toBeUndefined();
	expect(message.flag(9)).toBe(false);
});

test.each([
	['a length beyond the end', '0a05616263'],
	['a number that does not end', '08ffffffffffffffffffff01'],
	['a number that is cut off', '08ff'],
	['a group', '0b'],
	['half of a fixed number', '0d0102'],
])('%s is no message', (_, bytes) => {
	expect(() => new Message(Buffer.from(bytes, 'hex'))).toThrow(RangeError);
});

test('no bytes bring anything but a message or a RangeError', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
			try {
				new Message(Buffer.from(bytes)).message(1)?.text(1);
			} catch (error) {
				expect(error).toBeInstanceOf(RangeError);
			}
		}),
	);
});
