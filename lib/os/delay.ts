/** Resolves after so many milliseconds. Under Bun, node:timers/promises costs a short program more than all its waits. */
export function delay(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What setTimeout can wait, 24.8 days: more of it, as with Infinity, is taken for 1 ms. */
export const longestDelayMs = 0x7fff_ffff;
