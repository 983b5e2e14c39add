import { type TimedStep, Trace } from '../../../lib/launch/trace.js';
import { barriers, host, init } from '../../../lib/plan/step.js';
import { planOf } from './plan-of.js';

const mask = init('mask', { path: '/proc/kcore' }, '/linux/maskedPaths/0');
const barrier = init('barrier', { id: barriers.complete });
const record = host('record', {});

test('what is done is told once, in order, with all that came before', () => {
	const told: string[] = [];
	const trace = new Trace(planOf(mask, barrier, record), (words) => told.push(words));
	expect(told).toEqual([]);
	trace.doneTo(barrier);
	expect(told).toEqual(['init: mask /proc/kcore', 'init: wait at the barrier "complete"']);
	trace.doneTo(barrier);
	trace.doneTo(record);
	expect(told.slice(2)).toEqual(['host: write the record of the container']);
});

/** A message of times, as the helper sends it: pairs of step and microseconds. */
function times(...entries: readonly (readonly [step: number, microseconds: number])[]): Buffer {
	const message = Buffer.alloc(16 + 16 * entries.length);
	for (const [index, [step, microseconds]] of entries.entries()) {
		message.writeBigUInt64LE(BigInt(microseconds * 1000), 16 + 16 * index);
		message.writeUInt32LE(step, 16 + 16 * index + 8);
	}
	return message;
}

const noStep = 0xffffffff;

describe('times', () => {
	const loopback = init('loopback', {});
	const session = init('new_session', {});
	let clock = 0;
	let told: (readonly [string, number, number])[];
	const tell = (_words: string, step?: TimedStep) => {
		if (step !== undefined) told.push([`${step.index} ${step.operation}`, step.start, step.end]);
	};
	beforeEach(() => {
		clock = 100;
		told = [];
	});

	test('a step of init lasts from the end of the one before; a barrier until the host hears of it', () => {
		const trace = new Trace(planOf(mask, barrier, record, loopback, session), tell, 0, () => clock);
		trace.take(times([noStep, 110], [0, 115]));
		clock = 120;
		trace.doneTo(barrier);
		clock = 130;
		trace.begin();
		clock = 140;
		trace.doneTo(record);
		// It was let go at 150; what it has not timed ends when it is heard of.
		trace.take(times([1, 150], [3, 160]));
		clock = 200;
		trace.doneTo(session);
		expect(told).toEqual([
			['0 mask', 110, 115],
			['1 barrier', 115, 120],
			['2 record', 130, 140],
			['3 loopback', 150, 160],
			['4 new_session', 160, 200],
		]);
	});

	test('of a plan whose first steps somebody else has told of', () => {
		const trace = new Trace(planOf(loopback, session), tell, 7, () => clock);
		trace.take(times([5, 101], [6, 104], [7, 106]));
		clock = 110;
		trace.doneTo(session);
		expect(told).toEqual([
			['7 loopback', 104, 106],
			['8 new_session', 106, 110],
		]);
	});

	test('no step ends before it begins, whatever init says', () => {
		const trace = new Trace(planOf(loopback, session), tell, 0, () => clock);
		trace.take(times([noStep, 500], [0, 20], [1, 10]));
		trace.doneTo(session);
		for (const [, start, end] of told) expect(end).toBeGreaterThanOrEqual(start);
	});
});
