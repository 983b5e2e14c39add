/** Resolves after so many milliseconds. Under Bun, node:timers/promises costs a short program more than all its waits. */
export function delay(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
