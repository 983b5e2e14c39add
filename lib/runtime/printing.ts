import type { Readable } from 'node:stream';

/** What a process prints to: its streams, and the terminal in their place. */
export interface Printing {
	readonly terminal: { readonly output: Readable } | null;
	readonly stdout: Readable | null;
	readonly stderr: Readable | null;
}

/** What is read as one of the streams; with a terminal, all of that as standard output. */
export function streamOf({ terminal, stdout, stderr }: Printing, from: 'stdout' | 'stderr'): Readable | null {
	return from === 'stdout' ? (terminal?.output ?? stdout) : stderr;
}
