/**
 * Does something many times, eight at a time.
 *
 * @param one told its number, from 0 on
 * @returns the words of what failed; the others are done nevertheless
 */
export async function eightAtATime(times: number, one: (number: number) => Promise<void>): Promise<string[]> {
	const failures: string[] = [];
	let next = 0;
	const worker = async () => {
		while (next < times) {
			const number = next++;
			await one(number).catch((error: unknown) => failures.push(`${number}: ${error}`));
		}
	};
	await Promise.all(Array.from({ length: 8 }, worker));
	return failures;
}
