/** How a process ended: one of the two is a number. */
export interface Ending {
	readonly code: number | null;
	readonly signal: number | null;
}

/** The exit status a shell would show: the code, or 128 + the number of the signal. */
export function exitStatusOf(ending: Ending): number {
	return ending.signal === null ? (ending.code ?? 0) : 128 + ending.signal;
}
