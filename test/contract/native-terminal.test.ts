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

test('what is no terminal is ENOTTY', () => {
	const file = openSync('/etc/passwd', 'r');
	expect(() => native().getWindowSize(file)).toThrow(expect.objectContaining({ code: 'ENOTTY', syscall: 'ioctl' }));
	expect(() => native().makeRaw(file)).toThrow(expect.objectContaining({ code: 'ENOTTY', syscall: 'tcgetattr' }));
	closeSync(file);
});
