import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native, OwnedFd, readable } from '../../lib/native/index.js';
import { openCount, withOpenFiles } from './open-files.js';

const code = (name: string) => expect.objectContaining({ code: name });

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-channel-'));
});
afterAll(() => {
	rmSync(folder, { recursive: true });
});

function pair(): { host: OwnedFd; other: OwnedFd } {
	const [host, other] = native().socketPair();
	return { host: new OwnedFd(host), other: new OwnedFd(other) };
}

test('messages keep their borders, and come with descriptors', () => {
	const { host, other } = pair();
	using _host = host;
	using _other = other;
	using file = new OwnedFd(openSync('/etc/passwd', 'r'));
	expect(native().receive(host.number, 100)).toBeUndefined();
	expect(native().send(other.number, Buffer.from('one'), [])).toBe(true);
	expect(native().send(other.number, Buffer.from('two'), [file.number, file.number])).toBe(true);
	expect(native().receive(host.number, 100)).toEqual({ data: Buffer.from('one'), fds: [] });
	const second = native().receive(host.number, 100);
	expect(second?.data.toString()).toBe('two');
	expect(second?.fds).toHaveLength(2);
	for (const fd of second?.fds ?? []) {
		expect(fstatSync(fd).ino).toBe(statSync('/etc/passwd').ino);
		closeSync(fd);
	}
});

test('the end is empty data for the reader and EPIPE, not a signal, for the writer', () => {
	const { host, other } = pair();
	using _host = host;
	other.close();
	expect(native().receive(host.number, 100)).toEqual({ data: Buffer.alloc(0), fds: [] });
	expect(() => native().send(host.number, Buffer.from('x'), [])).toThrow(code('EPIPE'));
});

test('a full queue is false, not a wait', () => {
	const { host, other } = pair();
	using _host = host;
	using _other = other;
	let sent = 0;
	while (native().send(host.number, Buffer.alloc(1000), [])) sent++;
	expect(sent).toBeGreaterThan(1);
});

test('a message larger than expected is refused, and the descriptors in it are closed', () => {
	const { host, other } = pair();
	using _host = host;
	using _other = other;
	const before = openCount();
	native().send(other.number, Buffer.alloc(50), [other.number, other.number]);
	expect(() => native().receive(host.number, 49)).toThrow(code('EMSGSIZE'));
	expect(openCount()).toBe(before);
});

test('more descriptors than fit under the limit are an error, and none stays open', () => {
	const { host, other } = pair();
	using _host = host;
	using _other = other;
	const before = openCount();
	native().send(other.number, Buffer.from('many'), Array(200).fill(other.number));
	withOpenFiles(before + 20, () => {
		expect(() => native().receive(host.number, 100)).toThrow(code('EMSGSIZE'));
	});
	expect(openCount()).toBe(before);
});

test.each(['stream', 'seqpacket'] as const)('%s sockets of long and short paths connect', async (type) => {
	const deep = join(folder, 'd'.repeat(120), type);
	mkdirSync(deep, { recursive: true });
	for (const path of [join(folder, `${type}.sock`), join(deep, 'long.sock')]) {
		using listener = new OwnedFd(native().listenUnix(path, type));
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(native().accept(listener.number)).toBeUndefined();
		using client = new OwnedFd(native().connectUnix(path, type));
		await readable(listener.number, { timeoutMs: 5000 });
		using server = new OwnedFd(native().accept(listener.number) ?? -1);
		native().send(client.number, Buffer.from('hello'), []);
		expect(native().receive(server.number, 10)?.data.toString()).toBe('hello');
	}
});

test('an address that is taken, missing or too long says so with the path', () => {
	const path = join(folder, 'taken.sock');
	using _listener = new OwnedFd(native().listenUnix(path, 'stream'));
	const before = openCount();
	expect(() => native().listenUnix(path, 'stream')).toThrow(expect.objectContaining({ code: 'EADDRINUSE', path }));
	expect(() => native().connectUnix(join(folder, 'nobody'), 'stream')).toThrow(code('ENOENT'));
	expect(() => native().connectUnix(join(folder, 'x'.repeat(108)), 'stream')).toThrow(code('ENAMETOOLONG'));
	expect(openCount()).toBe(before);
});
