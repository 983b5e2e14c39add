import { closeSync, openSync } from 'node:fs';
import { native } from '../../lib/native/index.js';

let master: number;
beforeAll(() => {
	master = openSync('/dev/ptmx', 'r+');
});
afterAll(() => {
	closeSync(master);
});

test('the size of a terminal is set and read back', () => {
	native().setWindowSize(master, 33, 65_535);
	expect(native().getWindowSize(master)).toEqual({ rows: 33, columns: 65_535 });
	expect(() => native().setWindowSize(master, -1, 80)).toThrow(expect.objectContaining({ code: 'ERANGE' }));
	expect(() => native().setWindowSize(master, 1, 65_536)).toThrow(expect.objectContaining({ code: 'ERANGE' }));
});

test('raw mode is left again with the settings from before', () => {
	const before = native().makeRaw(master);
	const raw = native().makeRaw(master);
	expect(raw).not.toEqual(before);
	native().restoreTerminal(master, before);
	expect(native().makeRaw(master)).toEqual(before);
	native().restoreTerminal(master, before);
	expect(() => native().restoreTerminal(master, before.subarray(1))).toThrow(
		expect.objectContaining({ code: 'EINVAL' }),
	);
});

test('newlines are kept as they are written, until the settings are restored', () => {
	const before = native().makeRaw(master);
	native().restoreTerminal(master, before);
	native().keepNewlines(master);
	const kept = native().makeRaw(master);
	native().restoreTerminal(master, before);
	// c_oflag is the second word of struct termios; ONLCR is 4 (asm-generic/termbits.h).
	expect([before, kept].map((settings) => Buffer.from(settings).readUInt32LE(4) & 4)).toEqual([4, 0]);
});

test('what is no terminal is ENOTTY', () => {
	const file = openSync('/etc/passwd', 'r');
	expect(() => native().getWindowSize(file)).toThrow(expect.objectContaining({ code: 'ENOTTY', syscall: 'ioctl' }));
	expect(() => native().makeRaw(file)).toThrow(expect.objectContaining({ code: 'ENOTTY', syscall: 'tcgetattr' }));
	expect(() => native().keepNewlines(file)).toThrow(expect.objectContaining({ code: 'ENOTTY', syscall: 'tcgetattr' }));
	closeSync(file);
});
