import { parseDuration } from '../../../cli/duration.js';

test.each([
	['5s', 5000],
	['300ms', 300],
	['1.5h', 5_400_000],
	['1m30s', 90_000],
	['2us', 0.002],
	['2µs', 0.002],
	['.5s', 500],
	['1.s', 1000],
	['+1s', 1000],
	['-1s', -1000],
	['0', 0],
])('%s is %d ms', (text, milliseconds) => {
	expect(parseDuration('interval', text)).toBeCloseTo(milliseconds, 6);
});

test.each(['', '5', 's', '1 s', '1d', '1s2', '--1s', '1e3s', '.s', '0x1s'])('%j is none', (text) => {
	expect(() => parseDuration('interval', text)).toThrow(
		expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringContaining('for --interval') }),
	);
});
