import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `ready` says so, for what the kernel tells of by numbers in files and not by an event.
 *
 * @param what completes "it did not happen that"
 */
export async function eventually(
	what: string,
	ready: () => boolean | Promise<boolean>,
	timeoutMs = 10_000,
): Promise<void> {
	const end = Date.now() + timeoutMs;
	while (!(await ready())) {
		if (Date.now() > end) throw new Error(`it did not happen in ${timeoutMs} ms that ${what}`);
		await delay(10);
	}
}
