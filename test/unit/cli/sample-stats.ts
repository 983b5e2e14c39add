import type { ContainerStats } from '../../../lib/index.js';

const pressure = (avg10: number) => {
	const values = { avg10, avg60: 0, avg300: 0, total: 1_500_000n };
	return { some: values, full: { ...values, total: 500_000n } };
};

/** A sample with something of everything. */
export function sampleStats(cpu: bigint, time = 0): ContainerStats {
	return {
		time: new Date(time),
		cpu: {
			total: cpu,
			user: cpu / 2n,
			kernel: cpu / 2n,
			throttling: { periods: 10n, throttledPeriods: 4n, throttledTime: 2_000_000_000n },
			pressure: pressure(12.5),
		},
		memory: {
			usage: { current: 10_000_000n, limit: 16_777_216n, peak: 0n, failures: 3n },
			cache: 4_000_000n,
			oomKills: 2n,
			details: new Map([['inactive_file', 2_000_000n]]),
			pressure: pressure(0.25),
		},
		pids: { current: 7n, limit: 0xffff_ffff_ffff_ffffn },
		blockIO: {
			serviceBytes: [
				{ major: 8, minor: 0, operation: 'Read', value: 4096n },
				{ major: 8, minor: 0, operation: 'Write', value: 8192n },
				{ major: 8, minor: 0, operation: 'Total', value: 12_288n },
			],
			serviced: [],
			queued: [],
			serviceTime: [],
			waitTime: [],
			merged: [],
			time: [],
			sectors: [],
		},
		network: [
			{ name: 'lo', received: traffic(1n), sent: traffic(1n) },
			{ name: 'eth0', received: traffic(100n), sent: traffic(200n) },
		],
	};
}

const traffic = (bytes: bigint) => ({ bytes, packets: 1n, errors: 0n, dropped: 0n });
