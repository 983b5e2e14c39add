import { courseOf, settled } from './course.mjs';

const mebibyte = 1024 * 1024;

/** What a cycle may take longer in the end than the machine explains; of a tail, which is a matter of a few cycles, some more. */
const slower = [
	{ name: 'median', share: 0.5, factor: 1.05, nanoseconds: 0.5e6 },
	{ name: 'p99', share: 0.99, factor: 1.25, nanoseconds: 5e6 },
];

/** Of fewer cycles each stretch is too short for its quantiles to be told from chance: they show what is left behind, not how time goes. */
const fewestCycles = 1000;

/** A trend so strong is seen in one run of a hundred that has none. */
const significant = 2.33;

/** And one so strong in one of twenty. */
const noticeable = 1.64;

/** What is wrong with what so many cycles have left, and with how long they took; nothing when all is well. */
export function judged({ cycles, times, controls, before, after, left }) {
	const faults = Object.entries(left)
		// Programs of others make and lose keys meanwhile; a leak of ours would be one for each container.
		.filter(([name, count]) => count > (name === 'keys' ? cycles / 10 : 0))
		.map(([name, count]) => `${count} ${name} are left`);
	if (times.length >= fewestCycles) faults.push(...slowdowns(settled(times), settled(controls)));
	if (before === undefined) return faults;
	for (const name of ['descriptors', 'children'])
		if (after[name] > before[name]) faults.push(`${name} have grown from ${before[name]} to ${after[name]}`);
	// A heap that is collected goes up and down by some hundred KiB; 1 KiB lost in each cycle would be 9 MiB in the end.
	if (after.heap > before.heap + 4 * mebibyte) faults.push(`the heap has grown by ${after.heap - before.heap} bytes`);
	if (after.resident > before.resident + 48 * mebibyte)
		faults.push(`resident memory has grown by ${after.resident - before.resident} bytes`);
	return faults;
}

/**
 * In what the cycles have become slower: by a trend through the run that chance does not explain, and by more than the control, which was
 * taken in turn with them, has become slower too.
 */
function slowdowns(times, controls) {
	return slower.flatMap(({ name, share, factor, nanoseconds }) => {
		const { first, last, trend } = courseOf(times, share);
		// A machine that is slower as a rule is so for the tail of a cycle, even if the control's is made of something else.
		const machine = Math.max(1, growthOf(controls, 0.5), growthOf(controls, share));
		if (trend < significant || last <= first * machine * factor + nanoseconds) return [];
		const meanwhile = `the control by a factor of ${machine.toFixed(2)}`;
		return [`the ${name} of a cycle has grown from ${ms(first)} to ${ms(last)} ms, ${meanwhile}`];
	});
}

/** 1 when the control has hardly a trend: its tail is a matter of chance too, which must not excuse ours. */
function growthOf(controls, share) {
	const { first, last, trend } = courseOf(controls, share);
	return trend < noticeable ? 1 : last / first;
}

/** Nanoseconds as milliseconds. */
export function ms(nanoseconds) {
	return (nanoseconds / 1e6).toFixed(1);
}
