import { closeSync, openSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { blockBriefly, HANG_UP, native, OwnedFd, READABLE, readable, Watch, writable } from '../../lib/native/index.js';
import { openCount } from './open-files.js';

const code = (name: string) => expect.objectContaining({ code: name });
const write = (fd: number, text: string) => native().write(fd, Buffer.from(text), 0, text.length);

function pipe(): { reader: OwnedFd; writer: OwnedFd } {
	const [reader, writer] = native().pipe();
	return { reader: new OwnedFd(reader), writer: new OwnedFd(writer) };
}

/** A watch whose events can be awaited one by one. */
function observe(fd: number, events: number): { watch: Watch; next: () => Promise<number>; seen: number[] } {
	const seen: number[] = [];
	let wake: (event: number) => void = () => undefined;
	const watch = new Watch(fd, events, (event) => {
		seen.push(event);
		wake(event);
	});
	const next = () =>
		new Promise<number>((resolve) => {
			wake = resolve;
		});
	return { watch, next, seen };
}

// Something else becoming ready after it proves that an event would have been delivered by now.
async function roundTrip(): Promise<void> {
	const { reader, writer } = pipe();
	using _reader = reader;
	using _writer = writer;
	write(writer.number, 'x');
	await readable(reader.number, { timeoutMs: 5000 });
}

test('a watch fires once, and again only after it was armed again', async () => {
	const { reader, writer } = pipe();
	using _reader = reader;
	using _writer = writer;
	const { watch, next, seen } = observe(reader.number, READABLE);
	using _watch = watch;
	let event = next();
	write(writer.number, 'x');
	expect(await event).toBe(READABLE);
	await roundTrip();
	expect(seen).toHaveLength(1);
	event = next();
	watch.arm(); // the byte is still there
	expect(await event).toBe(READABLE);
});

test('the end of the other side is reported', async () => {
	const { reader, writer } = pipe();
	using _reader = reader;
	const { watch, next } = observe(reader.number, READABLE);
	using _watch = watch;
	const event = next();
	writer.close();
	expect(await event).toBe(HANG_UP);
});

test('a closed watch is silent, and closing it twice is fine', async () => {
	const { reader, writer } = pipe();
	using _reader = reader;
	using _writer = writer;
	const { watch, seen } = observe(reader.number, READABLE);
	write(writer.number, 'x'); // the thread may have seen it already
	watch.close();
	watch.close();
	await roundTrip();
	expect(seen).toEqual([]);
	expect(() => watch.arm()).toThrow(code('EBADF'));
});

test('one descriptor may be watched for reading and for writing at once', async () => {
	const [host, other] = native().socketPair();
	using _host = new OwnedFd(host);
	using _other = new OwnedFd(other);
	const reading = readable(host, { timeoutMs: 5000 });
	await writable(host, { timeoutMs: 5000 });
	native().send(other, Buffer.from('x'), []);
	await reading;
});

test('a watch may be closed by its own callback', async () => {
	const { reader, writer } = pipe();
	using _reader = reader;
	using _writer = writer;
	await new Promise<void>((resolve) => {
		const watch: Watch = new Watch(reader.number, READABLE, () => {
			watch.close();
			resolve();
		});
		write(writer.number, 'x');
	});
});

test('thousands of watches come and go, and no descriptor stays', async () => {
	await roundTrip();
	const before = openCount();
	for (let round = 0; round < 20; round++) {
		const pipes = Array.from({ length: 200 }, pipe);
		const waits = pipes.map(({ reader }) => readable(reader.number, { timeoutMs: 20_000 }));
		for (const { writer } of pipes) write(writer.number, 'x');
		await Promise.all(waits);
		for (const { reader, writer } of pipes) {
			reader.close();
			writer.close();
		}
	}
	expect(openCount()).toBe(before);
});

test('a wait ends by its limit or its signal', async () => {
	await roundTrip();
	const { reader, writer } = pipe();
	using _reader = reader;
	using _writer = writer;
	const before = openCount();
	await expect(readable(reader.number, { timeoutMs: 5 })).rejects.toThrow(code('ERR_TIMEOUT'));
	const controller = new AbortController();
	const wait = readable(reader.number, { signal: controller.signal });
	controller.abort(new Error('changed my mind'));
	await expect(wait).rejects.toThrow(code('ERR_ABORTED'));
	await expect(readable(reader.number, { signal: controller.signal })).rejects.toThrow(code('ERR_ABORTED'));
	expect(openCount()).toBe(before);
});

test('what never blocks is ready at once; what is not open is an error', async () => {
	const file = openSync('/etc/passwd', 'r');
	await readable(file);
	closeSync(file);
	expect(() => new Watch(file, READABLE, () => undefined)).toThrow(code('EBADF'));
	await expect(readable(987_654)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'EBADF' }));
	await turn();
});

describe('in a program that waits in place', () => {
	beforeEach(() => blockBriefly(20));
	afterEach(() => blockBriefly(0));

	test('what is ready is known without a turn of the event loop', async () => {
		const { reader, writer } = pipe();
		using _reader = reader;
		using _writer = writer;
		write(writer.number, 'x');
		let turned = false;
		setImmediate(() => {
			turned = true;
		});
		await readable(reader.number);
		expect(turned).toBe(false);
	});

	test('a wait that takes longer goes on as an event', async () => {
		const { reader, writer } = pipe();
		using _reader = reader;
		using _writer = writer;
		const wait = readable(reader.number);
		write(writer.number, 'x');
		await wait;
	});

	test('the end of the other side is an answer too, and a number without a file an error', async () => {
		const { reader, writer } = pipe();
		using _reader = reader;
		writer.close();
		expect(native().poll(reader.number, READABLE, 0)).toBe(true);
		await expect(readable(987_654)).rejects.toThrow(expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'EBADF' }));
	});

	test('limits and signals hold', async () => {
		const { reader, writer } = pipe();
		using _reader = reader;
		using _writer = writer;
		await expect(readable(reader.number, { timeoutMs: 5 })).rejects.toThrow(code('ERR_TIMEOUT'));
		const signal = AbortSignal.abort(new Error('before'));
		await expect(readable(reader.number, { signal })).rejects.toThrow(code('ERR_ABORTED'));
	});
});
