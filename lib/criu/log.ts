import { readTextFileIfThere } from '../os/index.js';

/** More than CRIU writes at its most talkative about a tree of thousands of processes. */
const maxLogBytes = 64 * 1024 * 1024;

/** As many lines of the log as an error shows. */
const shownLines = 5;

/** No line that says what went wrong is longer. */
const shownCharacters = 300;

/**
 * The lines of a log of CRIU that tell of errors, the last ones if there are many; where none does, its very last ones.
 *
 * @param path of a regular file; one that is not there has no lines
 */
export function errorLines(path: string): string[] {
	const text = readTextFileIfThere(path, { maxBytes: maxLogBytes, follow: false }) ?? '';
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const errors = lines.filter((line) => /\bError\b/.test(line));
	return (
		(errors.length === 0 ? lines : errors)
			.slice(-shownLines)
			// Time and source file are of use to those who read the log itself.
			.map((line) => line.replace(/^\([0-9.]+\)\s*(\d+:\s*)?/, '').slice(0, shownCharacters))
	);
}
