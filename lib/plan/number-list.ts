/** The numbers of a list as cpuset(7) writes it ("0-3,7"); checked by the spec layer before. */
export function parseCpuList(list: string): number[] {
	const numbers: number[] = [];
	for (const part of list.split(',').filter((text) => text.trim() !== '')) {
		const [first, last] = part.split('-').map(Number);
		if (first === undefined) continue;
		for (let number = first; number <= (last ?? first); number++) numbers.push(number);
	}
	return numbers;
}

/** A bit mask of numbers in 64-bit words, lowest first, as the kernel's cpu and node masks are laid out. */
export function bitWords(numbers: readonly number[]): bigint[] {
	const words: bigint[] = [];
	for (const number of numbers) {
		const index = Math.floor(number / 64);
		while (words.length <= index) words.push(0n);
		words[index] = (words[index] ?? 0n) | (1n << BigInt(number % 64));
	}
	return words;
}
