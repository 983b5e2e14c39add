import { resolve } from 'node:path';

interface Size {
	readonly heap: number;
	readonly resident: number;
	readonly descriptors: number;
	readonly children: number;
}

interface Result {
	readonly cycles: number;
	/** Nanoseconds. */
	readonly times: Float64Array;
	readonly controls: Float64Array;
	readonly before?: Size;
	readonly after?: Size;
	readonly left: Readonly<Record<string, number>>;
}

const { judged } = (await import(resolve(import.meta.dirname, '../../scripts/soak/judge.mjs'))) as {
	judged(result: Result): string[];
};

describe('of what a soak leaves is told', () => {
	const steady = { heap: 1e6, resident: 1e7, descriptors: 20, children: 0 };
	const clean = {
		cycles: 300,
		times: new Float64Array(300).fill(1e7),
		controls: new Float64Array(300).fill(1e6),
		before: steady,
		after: steady,
		left: { mounts: 0, keys: 3 },
	};

	test.each<[string, Partial<Result>, string[]]>([
		['nothing when there is nothing', {}, []],
		['a mount', { left: { mounts: 1, keys: 0 } }, ['1 mounts are left']],
		['a key of each container', { left: { mounts: 0, keys: 300 } }, ['300 keys are left']],
		['a descriptor', { after: { ...steady, descriptors: 21 } }, ['descriptors have grown from 20 to 21']],
		['a heap that grows', { after: { ...steady, heap: 8e6 } }, ['the heap has grown by 7000000 bytes']],
		['memory that grows', { after: { ...steady, resident: 1e8 } }, ['resident memory has grown by 90000000 bytes']],
	])('%s', (_, change, faults) => {
		expect(judged({ ...clean, ...change })).toEqual(faults);
	});
});

/** Numbers from 0 to 1 that look like chance, the same for each seed (xorshift of 32 bits; Marsaglia, 2003). */
function chance(seed: number): () => number {
	let state = Math.imul(seed + 1, 0x9e3779b1);
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
}

interface Course {
	/** Milliseconds that cycle `index` takes more, at a point from 0 to 1 of the run. */
	readonly more?: (at: number, index: number, random: () => number) => number;
	/** How many times longer everything takes on the machine then. */
	readonly machine?: (at: number) => number;
}

const seeds = Array.from({ length: 12 }, (_, index) => index);

/** What is said of so many runs of cycles of some 10 ms and a control of 2 ms, each scattered, and one in a hundred held up by others. */
function saidOf(cycles: number, { more = () => 0, machine = () => 1 }: Course): (string | undefined)[] {
	return seeds.flatMap((seed) => {
		const random = chance(seed);
		const scattered = (ms: number, at: number) =>
			1e6 * machine(at) * ms * Math.exp(0.4 * (random() + random() + random() - 1.5)) +
			(random() < 0.01 ? 1e7 * (0.5 + random()) : 0);
		const each = (one: (at: number, index: number) => number) =>
			Float64Array.from({ length: cycles }, (_, index) => one(index / cycles, index));
		const times = each((at, index) => scattered(10, at) + 1e6 * more(at, index, random));
		const controls = each((at) => scattered(2, at));
		return judged({ cycles, times, controls, left: {} }).map(
			(fault) => /^the (\S+) of a cycle has grown/.exec(fault)?.[1],
		);
	});
}

describe.each([10_000, 1_800])('of the time that %i cycles take', (cycles) => {
	test.each<[string, Course]>([
		['it is steady', {}],
		['it falls', { more: (at) => 5 * (1 - at) }],
		['the machine takes three times as long for a tenth of it', { machine: (at) => (at > 0.85 && at < 0.95 ? 3 : 1) }],
		[
			'others hold up some cycles for a while',
			{ more: (at, _, random) => (at > 0.8 && at < 0.83 ? 100 * random() : 0) },
		],
	])('nothing is said when %s', (_, course) => {
		expect(saidOf(cycles, course)).toEqual([]);
	});

	test('little is said of a machine that becomes twice as slow, and takes the control along', () => {
		expect(saidOf(cycles, { machine: (at) => 1 + at }).length).toBeLessThanOrEqual(1);
	});

	test.each<[string, Course, string]>([
		['each takes a little longer than the one before', { more: (at) => 4 * at }, 'median'],
		['the last third of it is slower', { more: (at) => (at > 2 / 3 ? 4 : 0) }, 'median'],
		['it doubles, and the machine too', { more: (at) => 20 * at, machine: (at) => 1 + at }, 'median'],
		['one in twenty takes longer and longer', { more: (at, index) => (index % 20 === 0 ? 60 * at : 0) }, 'p99'],
	])('it is told that %s', (_, course, what) => {
		const told = saidOf(cycles, course).filter((name) => name === what);
		expect(told.length).toBeGreaterThanOrEqual(seeds.length - 1);
	});
});

test('fewer cycles tell nothing of time', () => {
	expect(saidOf(300, { more: (at) => 20 * at })).toEqual([]);
});
