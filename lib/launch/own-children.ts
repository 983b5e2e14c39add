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
