import { constants } from 'node:os';
import { signalName } from '../os/signals.js';

/**
 * How a program that was waited for has ended.
 *
 * @param status wait status as wait(2) packs it, or -ETIMEDOUT
 * @param timeout milliseconds that it had
 */
export function statusWords(status: number, timeout: number): string {
	if (status === -constants.errno.ETIMEDOUT) return `killed after its timeout of ${timeout / 1000} s`;
	const signal = status & 0x7f;
	if (signal === 0) return `exit status ${(status >> 8) & 0xff}`;
	// Nearly always the work of a seccomp profile.
	const meaning = signal === constants.signals.SIGSYS ? ' (bad system call)' : '';
	return `killed by ${signalName(signal)}${meaning}`;
}
