import { readProcessStat } from '../../lib/os/index.js';

/** Whether a process runs. A zombie has ended: when an orphan is reaped is up to the machine's init. */
export function isAlive(pid: number): boolean {
	return !['Z', 'X', undefined].includes(readProcessStat(pid)?.state);
}
