import { setImmediate as turn } from 'node:timers/promises';
import { inTurn } from '../../../lib/native/turn.js';

test('the first is called at once, the others each in a turn of their own, in order', async () => {
	const called: number[] = [];
	for (const number of [1, 2, 3]) inTurn(() => called.push(number));
	expect(called).toEqual([1]);
	await turn();
	expect(called).toEqual([1, 2]);
	await turn();
	expect(called).toEqual([1, 2, 3]);
	// The last turn over, the next one is first again.
	await turn();
	inTurn(() => called.push(4));
	expect(called).toEqual([1, 2, 3, 4]);
	await turn();
});

test('timers get their turn while there is always more to call', async () => {
	let more = true;
	const again = (): void => {
		if (more) inTurn(() => queueMicrotask(again));
	};
	again();
	await new Promise((resolve) => setTimeout(resolve, 1));
	more = false;
	await turn();
	await turn();
});
