import { readdirSync, readFileSync } from 'node:fs';
import { native } from '../../lib/native/index.js';

const RLIMIT_NOFILE = 7;

/** How many descriptors this process has open, that of the listing included. */
export function openCount(): number {
	return readdirSync('/proc/self/fd').length;
}

/** Runs `body` while this process may not open a descriptor from number `limit` on. */
export function withOpenFiles(limit: number, body: () => void): void {
	const [, soft, hard] = /Max open files\s+(\d+)\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
	if (soft === undefined || hard === undefined) throw new Error('no limit of open files in /proc/self/limits');
	native().prlimit(0, RLIMIT_NOFILE, BigInt(limit), BigInt(hard));
	try {
		body();
	} finally {
		native().prlimit(0, RLIMIT_NOFILE, BigInt(soft), BigInt(hard));
	}
}
