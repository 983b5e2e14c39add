import { cpuPercent, throttledPercent, usageOf } from '../../../cli/usage/usage.js';
import { bytesText, ofLimit, pressureText } from '../../../cli/usage/words.js';
import { sampleStats } from './sample-stats.js';

test('what is used, as people compare it', () => {
	expect(usageOf(sampleStats(5n))).toEqual({
		time: 0,
		cpu: 5n,
		throttled: { periods: 4n, of: 10n },
		memory: 8_000_000n,
		memoryLimit: 16_777_216n,
		oomKills: 2n,
		pids: 7n,
		pidsLimit: undefined,
		io: { read: 4096n, written: 8192n },
		network: { received: 100n, sent: 200n },
		pressure: { cpu: 12.5, memory: 0.25 },
	});
});

test('what v1 has for no limit is none', () => {
	const stats = sampleStats(0n);
	const memory = stats.memory && {
		...stats.memory,
		usage: { ...stats.memory.usage, limit: 9_223_372_036_854_771_712n },
	};
	expect(usageOf({ time: stats.time, ...(memory && { memory }) }).memoryLimit).toBeUndefined();
});

test('a kernel that does not tell is not 0', () => {
	expect(usageOf({ time: new Date(0) })).toMatchObject({
		cpu: undefined,
		memory: undefined,
		pids: undefined,
		io: undefined,
	});
	expect(bytesText(undefined)).toBe('-');
	expect(pressureText({ cpu: 0 })).toBe('0.0 - -');
});

test('percent of one processor, between two samples', () => {
	const [before, now] = [usageOf(sampleStats(1_000_000_000n, 1000)), usageOf(sampleStats(2_500_000_000n, 2000))];
	expect(cpuPercent(before, now)).toBe(150);
	expect(cpuPercent(undefined, now)).toBeUndefined();
	expect(cpuPercent(now, now)).toBeUndefined();
});

test('throttling, between two samples', () => {
	const at = (periods: bigint, of: bigint) => ({ ...usageOf(sampleStats(0n)), throttled: { periods, of } });
	expect(throttledPercent(at(4n, 10n), at(9n, 20n))).toBe(50);
	expect(throttledPercent(at(4n, 10n), at(4n, 10n))).toBe(0);
});

test.each([
	[0n, '0B'],
	[999n, '999B'],
	[1000n, '1.0KiB'],
	[1536n, '1.5KiB'],
	[10n * 1024n, '10KiB'],
	[1023n * 1024n, '1.0MiB'],
	[3n * 2n ** 40n, '3.0TiB'],
])('%d bytes are %s', (bytes, text) => {
	expect(bytesText(bytes)).toBe(text);
});

test('a limit stands behind what is used', () => {
	expect(ofLimit(5n, 10n, String)).toBe('5 / 10');
	expect(ofLimit(5n, undefined, String)).toBe('5');
});
