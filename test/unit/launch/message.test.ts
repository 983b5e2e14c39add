import fc from 'fast-check';
import { TsrunError } from '../../../lib/errors/index.js';
import { decodeReport, encodeCommand, maxReportBytes } from '../../../lib/launch/message.js';

function message(kind: number, step: number, value: number, call: number, text = ''): Buffer {
	const head = Buffer.alloc(16);
	head.writeUInt32LE(kind, 0);
	head.writeUInt32LE(step, 4);
	head.writeInt32LE(value, 8);
	head.writeUInt32LE(call, 12);
	return Buffer.concat([head, Buffer.from(text)]);
}

test('a report', () => {
	expect(decodeReport(message(1, 12, -110, 54, '/päth'))).toEqual({
		kind: 'fault',
		step: 12,
		value: -110,
		call: 54,
		text: '/päth',
	});
});

test('the largest numbers', () => {
	expect(decodeReport(message(3, 0xffffffff, 0x7fffffff, 0xffffffff))).toMatchObject({
		step: 0xffffffff,
		value: 0x7fffffff,
		call: 0xffffffff,
	});
});

test('text is cut at the length that the wire format has for it', () => {
	expect(decodeReport(message(2, 0, 0, 0, 'x'.repeat(5000))).text).toHaveLength(maxReportBytes - 16);
});

test('text need not be UTF-8: a file name is any bytes', () => {
	const { text } = decodeReport(Buffer.concat([message(1, 0, 2, 0), Buffer.from([0x2f, 0xff, 0x61])]));
	expect(text).toBe('/\ufffda');
});

test.each([0, 10, 99, 0xffffffff])('the kind %d is none', (kind) => {
	expect(() => decodeReport(message(kind, 0, 0, 0))).toThrow(
		expect.objectContaining({
			code: 'ERR_NATIVE',
			message: 'the init helper sent 16 bytes that are no message of its protocol',
		}),
	);
});

test('any bytes end in a report or in an error, and in nothing else', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
			try {
				const report = decodeReport(Buffer.from(bytes));
				expect(bytes.length).toBeGreaterThanOrEqual(16);
				expect(['fault', 'warning', 'barrier', 'forked', 'console', 'seccomp', 'going', 'times', 'tree']).toContain(
					report.kind,
				);
			} catch (error) {
				expect(error).toBeInstanceOf(TsrunError);
				expect((error as TsrunError).code).toBe('ERR_NATIVE');
			}
		}),
	);
});

test('an order', () => {
	expect([...encodeCommand('release', 0x01020304)]).toEqual([1, 0, 0, 0, 4, 3, 2, 1]);
	expect([...encodeCommand('go', 0)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
});
