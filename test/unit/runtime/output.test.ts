import { Readable } from 'node:stream';
import { collectOutput } from '../../../lib/runtime/output.js';

const ended = { code: 0, signal: null };
const source = (stdout: Readable | null, stderr: Readable | null = null) => ({
	terminal: null,
	stdout,
	stderr,
	wait: async () => ended,
});
const bytes = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

test('both streams are text, and no stream is none', async () => {
	const output = await collectOutput(source(bytes('a', 'b'), bytes('c')), {});
	expect(output).toEqual({ ...ended, stdout: 'ab', stderr: 'c', truncated: false });
	expect(await collectOutput(source(null), {})).toEqual({ ...ended, stdout: '', stderr: '', truncated: false });
});

test.each([
	[4, 'abcd', false],
	[3, 'abc', true],
	[0, '', true],
])('of each stream %d bytes are kept, and all are read', async (maxBytes, stdout, truncated) => {
	const stream = bytes('ab', 'cd');
	expect(await collectOutput(source(stream), { maxBytes })).toMatchObject({ stdout, truncated });
	expect(stream.readableEnded).toBe(true);
});

test('a stream that somebody gave up gives what came before', async () => {
	const stream = new Readable({ read() {} });
	const collecting = collectOutput(source(stream), {});
	stream.push(Buffer.from('first'));
	setImmediate(() => stream.destroy());
	expect(await collecting).toMatchObject({ stdout: 'first' });
});

test('a stream that was read to its end has nothing more', async () => {
	const stream = bytes('a');
	for await (const _ of stream);
	expect(await collectOutput(source(stream), {})).toMatchObject({ stdout: '' });
});

test('a stream that fails fails the output', async () => {
	const stream = new Readable({ read() {} });
	const collecting = collectOutput(source(stream), {});
	stream.destroy(new Error('gone'));
	await expect(collecting).rejects.toThrow('gone');
});
