import { TsrunError } from '../errors/index.js';
import { type Printing, streamOf } from './printing.js';

/** A line that is longer comes in pieces: what a container prints must not fill the memory of who reads it. */
const longest = 1024 * 1024;

/**
 * The lines of a stream, which is UTF-8 text, without their ends (LF, or the CR LF of a terminal); the last one need not have one.
 * Leaving the loop destroys the stream, as with every stream that is iterated.
 *
 * @throws TsrunError ERR_ARGUMENT when there is no stream, because `stdio` asked for none
 */
export async function* linesOf(source: Printing, from: 'stdout' | 'stderr'): AsyncGenerator<string, void, undefined> {
	const stream = streamOf(source, from);
	if (stream === null) throw missing(from);
	const decoder = new TextDecoder();
	let rest = '';
	for await (const chunk of stream) {
		const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
		rest = parts.pop() ?? '';
		for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
		for (; rest.length > longest; rest = rest.slice(longest)) yield rest.slice(0, longest);
	}
	rest += decoder.decode();
	if (rest !== '') yield rest;
}

function missing(name: string): TsrunError {
	return new TsrunError('ERR_ARGUMENT', `${name} is not here to be read`, { hint: "Give { stdio: 'pipe' }." });
}
