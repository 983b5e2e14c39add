import type { SourcePlace } from '../../errors/index.js';

/** Line and column, both counted from 1, of an offset in UTF-16 units; a column is a UTF-16 unit too, as editors show it. */
export function placeAt(text: string, offset: number, file: string): SourcePlace {
	let line = 1;
	let lineStart = 0;
	for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
		line += 1;
		lineStart = end + 1;
	}
	return { file, line, column: offset - lineStart + 1 };
}
