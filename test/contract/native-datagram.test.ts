import { closeSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native, OwnedFd } from '../../lib/native/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tsrun-datagram-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('datagrams', () => {
	test.each([
		['a file', () => join(folder, 'socket')],
		['a file with a long path', () => join(mkdtempSync(join(folder, 'n'.repeat(120))), 'socket')],
		['no file', () => `@tsrun-test-${process.pid}`],
	])('come one by one, with descriptors, by %s', (_, addressOf) => {
		const address = addressOf();
		using listener = new OwnedFd(native().listenUnix(address, 'dgram'));
		if (!address.startsWith('@')) expect(statSync(address).mode & 0o777).toBe(0o600);
		using sender = new OwnedFd(native().connectUnix(address, 'dgram'));
		expect(native().send(sender.number, Buffer.from('one'), [])).toBe(true);
		expect(native().send(sender.number, Buffer.from('two'), [sender.number])).toBe(true);
		expect(native().receive(listener.number, 64)).toEqual({ data: Buffer.from('one'), fds: [] });
		const { data, fds } = native().receive(listener.number, 64) ?? { data: Buffer.alloc(0), fds: [] };
		for (const fd of fds) closeSync(fd);
		expect([data.toString(), fds.length]).toEqual(['two', 1]);
		expect(native().receive(listener.number, 64)).toBeUndefined();
	});

	test('one that is too long for the buffer is an error, and gone', () => {
		const address = join(folder, 'short');
		using listener = new OwnedFd(native().listenUnix(address, 'dgram'));
		using sender = new OwnedFd(native().connectUnix(address, 'dgram'));
		native().send(sender.number, Buffer.from('longer'), []);
		expect(() => native().receive(listener.number, 3)).toThrow(expect.objectContaining({ code: 'EMSGSIZE' }));
		expect(native().receive(listener.number, 3)).toBeUndefined();
	});

	test('to nobody are refused', () => {
		expect(() => native().connectUnix('@nobody-listens-here', 'dgram')).toThrow(
			expect.objectContaining({ code: 'ECONNREFUSED', syscall: 'connect' }),
		);
	});
});

describe('a socket of rtnetlink', () => {
	test('needs a network namespace', () => {
		using other = new OwnedFd(native().pipe()[0]);
		expect(() => native().routeSocket(other.number)).toThrow(
			expect.objectContaining({ code: 'EINVAL', syscall: 'setns' }),
		);
	});
});
