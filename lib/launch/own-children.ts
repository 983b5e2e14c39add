import { readProcessStat } from '../os/index.js';

/**
 * Children whose end somebody in this process waits for by their pid. A sweep for adopted orphans has to pass them over,
 * or their status would be taken away from whoever needs it.
 */
const waitedFor = new Set<number>();

/** Claims a child until {@link disownChild}. */
export function ownChild(pid: number): void {
	waitedFor.add(pid);
}

export function disownChild(pid: number): void {
	waitedFor.delete(pid);
}

export function ownChildren(): number[] {
	return [...waitedFor];
}

/** Whether a process is a child of this one. Asked once more if the answer was refused: one that is not known to be ours nobody would end. */
export function isOurChild(pid: number): boolean {
	const parent = () => readProcessStat(pid)?.parent;
	let found: number | undefined;
	try {
		found = parent();
	} catch {
		found = parent();
	}
	return found === process.pid;
}
