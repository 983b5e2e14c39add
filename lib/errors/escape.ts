/**
 * Control characters (C0 but for newline, DEL, C1), line separators and bidirectional overrides: what comes from a
 * container or an image must not steer a person's terminal, nor forge lines of a log.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unsafe = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text with such characters as `\x1b` or `\u202e`; newlines stay. */
export function escapeControls(text: string): string {
	return text.replace(unsafe, (character) => {
		const code = character.charCodeAt(0);
		if (character === '\t') return '\\t';
		if (character === '\r') return '\\r';
		return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
	});
}

/** {@link escapeControls}, newlines too. */
export function escapeLine(text: string): string {
	return escapeControls(text).replaceAll('\n', '\\n');
}
