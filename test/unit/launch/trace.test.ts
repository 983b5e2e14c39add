import { Trace } from '../../../lib/launch/trace.js';
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
