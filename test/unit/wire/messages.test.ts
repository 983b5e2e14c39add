import { encodeProgram } from '../../../lib/launch/encode.js';
import { decodeReport, encodeCommand, maxReportBytes } from '../../../lib/launch/message.js';
import type { Plan } from '../../../lib/plan/plan.js';
import { init, type Step } from '../../../lib/plan/step.js';
import { enumOf, messageConstant } from './definitions.js';

function encoded(...steps: readonly Step[]): Buffer {
	const plan: Plan = { verb: 'exec', id: 'box', steps, warnings: [], cgroup: null };
	return Buffer.from(encodeProgram(plan, { slots: new Map(), compileSeccomp: () => new Uint8Array() }));
}

test('the head of a program', () => {
	const head = encoded(init('loopback', {}), init('loopback', {}));
	expect(head.readUInt32LE(0)).toBe(messageConstant('TSRUN_PROGRAM_MAGIC'));
	expect(head.readUInt32LE(4)).toBe(messageConstant('TSRUN_WIRE_VERSION'));
	expect(head.readUInt32LE(8)).toBe(2);
	expect(head.readUInt32LE(12)).toBe(0);
	// Two records without fields: operation, step, length.
	expect(head.length).toBe(16 + 2 * 12);
});

test('no descriptor', () => {
	const record = encoded(init('wait_start', { listener: null }));
	expect(record.readUInt32LE(16 + 12)).toBe(messageConstant('TSRUN_NO_FD'));
});

const reports = enumOf('wire/messages.h', 'TSRUN_FAULT');

test.each([...reports])('%s is read as what it is called', (name, number) => {
	const message = Buffer.alloc(16);
	message.writeUInt32LE(number, 0);
	expect(`TSRUN_${decodeReport(message).kind.toUpperCase()}`).toBe(name);
});

test('there is no other kind of report', () => {
	const message = Buffer.alloc(16);
	message.writeUInt32LE(Math.max(...reports.values()) + 1, 0);
	expect(() => decodeReport(message)).toThrow('no message of its protocol');
});

test.each([...enumOf('wire/messages.h', 'TSRUN_RELEASE')])('the order %s', (name, number) => {
	const kind = name.slice('TSRUN_'.length).toLowerCase() as 'release' | 'go';
	const command = encodeCommand(kind, 7);
	expect([command.length, command.readUInt32LE(0), command.readUInt32LE(4)]).toEqual([8, number, 7]);
});

test('the longest report', () => {
	// Four words and the text (struct tsrun_message).
	expect(maxReportBytes).toBe(16 + messageConstant('TSRUN_TEXT_MAX'));
});
