import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flock, flockWait } from '../../lib/native/index.js';

let folder: string;
const opened: number[] = [];
function open(): number {
	const fd = openSync(join(folder, 'lock'), 'a');
	opened.push(fd);
	return fd;
}
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-lock-'));
});
afterEach(() => {
	for (const fd of opened.splice(0)) closeSync(fd);
	rmSync(folder, { recursive: true });
});
function give(fd: number): void {
	opened.splice(opened.indexOf(fd), 1);
	closeSync(fd);
}

test('one exclusive holder or many shared ones', () => {
	const [first, second, third] = [open(), open(), open()];
	expect(flock(first, false)).toBe(true);
	expect(flock(second, false)).toBe(true);
	expect(flock(third, true)).toBe(false);
	give(first);
	give(second);
	expect(flock(third, true)).toBe(true);
});

test('a wait ends when the holder closes the file, however many wait', async () => {
	const holder = open();
	flock(holder, true);
	// More than a pool of four threads could hold, and the event loop goes on.
	const waiters = Array.from({ length: 8 }, open);
	let order = 0;
	const waits = waiters.map(async (fd) => {
		await flockWait(fd, true, { timeoutMs: 10_000 });
		order++;
		give(fd);
	});
	expect(order).toBe(0);
	give(holder);
	await Promise.all(waits);
	expect(order).toBe(8);
	expect(flock(open(), true)).toBe(true);
});

test('a wait that is given up does not take the lock later', async () => {
	const holder = open();
	flock(holder, true);
	const abandoned = open();
	await expect(flockWait(abandoned, true, { timeoutMs: 5 })).rejects.toThrow(
		expect.objectContaining({ code: 'ERR_TIMEOUT' }),
	);
	give(abandoned);
	give(holder);
	await flockWait(open(), true, { timeoutMs: 10_000 });
});

test('what is not open cannot be locked', async () => {
	await expect(flockWait(987_654, true)).rejects.toThrow(
		expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'EBADF' }),
	);
});
