/**
 * The specification's own structures end at a depth of 8. The limit keeps everything that walks a document recursively
 * away from the end of the stack.
 */
export const MAX_DEPTH = 100;

/** Offset of the bracket that goes deeper than {@link MAX_DEPTH}, or undefined. The text need not be valid JSON. */
export function tooDeepAt(text: string): number | undefined {
	let depth = 0;
	let quoted = false;
	for (let offset = 0; offset < text.length; offset += 1) {
		const character = text[offset];
		if (character === '"') quoted = !quoted;
		else if (quoted && character === '\\') offset += 1;
		else if (quoted) continue;
		else if (character === '{' || character === '[') {
			depth += 1;
			if (depth > MAX_DEPTH) return offset;
		} else if (character === '}' || character === ']') depth -= 1;
	}
	return undefined;
}
