/** What waits for its turn of the event loop, first come first. */
const waiting: (() => void)[] = [];
let taken = false;

/**
 * Calls back in a turn of the event loop that nobody else of this list has: at once, if nobody has had this one. What the addon
 * reports comes in one go, and while that is worked off more comes: a program with many containers would not get to its own
 * timers and sockets before all of them are done, which was seen to take seconds.
 */
export function inTurn(call: () => void): void {
	if (taken) {
		waiting.push(call);
		return;
	}
	taken = true;
	setImmediate(next);
	call();
}

function next(): void {
	const call = waiting.shift();
	taken = call !== undefined;
	if (call === undefined) return;
	setImmediate(next);
	call();
}
