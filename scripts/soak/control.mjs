import { spawnSync } from 'node:child_process';

/**
 * Has a process do nothing, and waits for it. Taken in turn with the cycles, that tells how the machine fared meanwhile. It is no
 * container, because nothing that a container leaves behind may slow the control as well: that would be taken for the machine.
 *
 * @returns nanoseconds
 */
export function controlTime() {
	const start = process.hrtime.bigint();
	const { status, error } = spawnSync('true', { stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' });
	const time = Number(process.hrtime.bigint() - start);
	if (status !== 0) throw new Error(`true(1) ended with ${status}`, { cause: error });
	return time;
}
