import { resolve } from 'node:path';

const { timeFor } = (await import(resolve('scripts/test/time-left.mjs'))) as { timeFor: (limit: number) => number };

const before = process.env['TSRUN_TESTS_END'];

afterEach(() => {
	if (before === undefined) delete process.env['TSRUN_TESTS_END'];
	else process.env['TSRUN_TESTS_END'] = before;
});

function endsIn(seconds: number): void {
	process.env['TSRUN_TESTS_END'] = String(Math.floor(Date.now() / 1000) + seconds);
}

describe('the time that a run of tests may take', () => {
	test('is its own limit where no end is set', () => {
		delete process.env['TSRUN_TESTS_END'];
		expect(timeFor(60_000)).toBe(60_000);
	});

	test('is its own limit where the end is later', () => {
		endsIn(3600);
		expect(timeFor(60_000)).toBe(60_000);
	});

	test('is what is left until the end', () => {
		endsIn(100);
		const left = timeFor(600_000);
		expect(left).toBeGreaterThan(0);
		expect(left).toBeLessThanOrEqual(100_000);
	});

	test('is none after the end', () => {
		endsIn(-5);
		expect(timeFor(60_000)).toBe(0);
	});
});
