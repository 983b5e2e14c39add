/** What waits for its turn of the event loop, first come first. */
const waiting: (() => void)[] = [];

/**
 * Calls back in a turn of the event loop that nobody else of this list has. What the addon reports comes in one go, and while
 * that is worked off more comes: a program with many containers would not get to its own timers and sockets before all of
 * them are done, which was seen to take seconds.
 */
export function inTurn(call: () => void): void {
	waiting.push(call);
	if (waiting.length === 1) setImmediate(next);
}

function next(): void {
	const call = waiting[0];
	try {
		call?.();
	} finally {
		waiting.shift();
		if (waiting.length > 0) setImmediate(next);
	}
}
