import { once } from 'node:events';
import { openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { native, readable } from '../../lib/native/index.js';
import { PipeReader, PipeWriter } from '../../lib/native/pipe.js';
import { openCount } from './open-files.js';

function pipe(): [reader: number, writer: number] {
	const ends = native().pipe();
	for (const fd of ends) native().setNonBlocking(fd, true);
	return ends;
}

async function text(reader: PipeReader): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of reader) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

// The first wait makes the epoll, which stays.
beforeAll(async () => {
	const [reader, writer] = pipe();
	const end = text(new PipeReader(reader));
	new PipeWriter(writer).end('x');
	expect(await end).toBe('x');
});

test('megabytes pass through a pipe of 64 KiB unchanged, and both ends are closed', async () => {
	const before = openCount();
	const [reader, writer] = pipe();
	const line = `${'0123456789abcdef'.repeat(8)}\n`;
	const lines = 40_000;
	const source = function* () {
		for (let i = 0; i < lines; i++) yield line;
	};
	const [received] = await Promise.all([text(new PipeReader(reader)), pipeline(source, new PipeWriter(writer))]);
	expect(received.length).toBe(line.length * lines);
	expect(received === line.repeat(lines)).toBe(true);
	expect(openCount()).toBe(before);
});

test('a reader that is not read from does not fill the memory', async () => {
	const [reader, writer] = pipe();
	const source = new PipeReader(reader);
	const sink = new PipeWriter(writer);
	source.once('readable', () => undefined);
	let accepted = 0;
	while (sink.write(Buffer.alloc(64 * 1024)) && accepted < 1000) accepted++;
	await once(source, 'readable');
	expect(source.readableLength).toBeLessThanOrEqual(3 * 64 * 1024);
	expect(accepted).toBeLessThan(10);
	source.destroy();
	sink.destroy();
	await Promise.all([once(source, 'close'), once(sink, 'close')]);
});

test('writing to a pipe without a reader is EPIPE, and closes', async () => {
	const [reader, writer] = pipe();
	new PipeReader(reader).destroy();
	const sink = new PipeWriter(writer);
	const failed = once(sink, 'error');
	const closed = new Promise((resolve) => sink.once('close', resolve)); // once() would reject with the error
	sink.write('x');
	expect(await failed).toEqual([expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'EPIPE', syscall: 'write' })]);
	await closed;
});

test('destroying in the middle of a wait closes the descriptor', async () => {
	const before = openCount();
	const [reader, writer] = pipe();
	const source = new PipeReader(reader);
	source.resume();
	const sink = new PipeWriter(writer);
	source.destroy();
	sink.destroy();
	await Promise.all([once(source, 'close'), once(sink, 'close')]);
	expect(openCount()).toBe(before);
});

test('a file that is always ready is read to its end', async () => {
	expect(await text(new PipeReader(openSync('/dev/null', 'r')))).toBe('');
	expect(await text(new PipeReader(openSync('/etc/passwd', 'r')))).toMatch(/^root:/m);
});

test('the writer resumes when there is room again', async () => {
	const [reader, writer] = pipe();
	const sink = new PipeWriter(writer);
	const done = new Promise<void>((resolve) => sink.write(Buffer.alloc(200 * 1024), () => resolve()));
	const buffer = Buffer.alloc(64 * 1024);
	for (let total = 0; total < 200 * 1024; ) {
		await readable(reader, { timeoutMs: 5000 });
		total += native().read(reader, buffer, 0, buffer.length) ?? 0;
	}
	await done;
	sink.destroy();
	await once(sink, 'close');
	await text(new PipeReader(reader));
});
