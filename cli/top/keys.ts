/** A key that a person has pressed, by name; a plain character is its own name. */
export type Key = 'up' | 'down' | 'first' | 'last' | 'escape' | 'interrupt' | (string & {});

const sequences = new Map<string, Key>([
	['[A', 'up'],
	['OA', 'up'],
	['[B', 'down'],
	['OB', 'down'],
	['[H', 'first'],
	['[1~', 'first'],
	['[F', 'last'],
	['[4~', 'last'],
]);

const controls = new Map<string, Key>([
	['\x03', 'interrupt'],
	['\x04', 'interrupt'],
	['\x1b', 'escape'],
]);

// CSI and SS3 sequences of ECMA-48, as every terminal of today sends them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
const piece = /\x1b(\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/g;

/** The keys in what a terminal in raw mode has sent. Sequences of keys that nothing is bound to are left out. */
export function keysOf(input: string): Key[] {
	const keys: Key[] = [];
	for (const [whole, sequence] of input.matchAll(piece)) {
		const key = sequence === undefined ? (controls.get(whole) ?? whole) : sequences.get(sequence);
		if (key !== undefined) keys.push(key);
	}
	return keys;
}
