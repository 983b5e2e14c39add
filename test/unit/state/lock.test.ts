import { existsSync, fstatSync, mkdtempSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TsrunError } from '../../../lib/errors/index.js';
import { type Flock, lockFile } from '../../../lib/state/index.js';

/** flock(2) among the descriptors of this process: one holder per inode, who loses the lock with the descriptor. */
class FlockModel implements Flock {
	readonly #holders = new Map<number, number>();
	#wake: () => void = () => undefined;

	flock(fd: number): boolean {
		const { ino } = fstatSync(fd);
		const holder = this.#holders.get(ino);
		if (holder !== undefined && holder !== fd && isOpen(holder, ino)) return false;
		this.#holders.set(ino, fd);
		return true;
	}

	async flockWait(fd: number, _: boolean, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
		if (limits.timeoutMs < 10) throw new TsrunError('ERR_TIMEOUT', 'model');
		while (!this.flock(fd)) {
			await new Promise<void>((resolve, reject) => {
				this.#wake = resolve;
				limits.signal?.addEventListener('abort', () => reject(new TsrunError('ERR_ABORTED', 'model')));
			});
		}
	}

	/** Lets a waiter look again, after the holder has closed its descriptor. */
	wake(): void {
		this.#wake();
	}
}

function isOpen(fd: number, ino: number): boolean {
	try {
		return fstatSync(fd).ino === ino;
	} catch {
		return false;
	}
}

let folder: string;
let path: string;
let native: FlockModel;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lock-'));
	path = join(folder, 'lock');
	native = new FlockModel();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const code = (name: string) => expect.objectContaining({ code: name, path });
const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

test('is private, held until disposed, and disposed once', async () => {
	const before = openDescriptors();
	const first = await lockFile(path, { native, create: true });
	expect(statSync(path).mode & 0o7777).toBe(0o600);
	await expect(lockFile(path, { native, timeoutMs: 0 })).rejects.toEqual(code('ERR_TIMEOUT'));
	await first[Symbol.asyncDispose]();
	const second = await lockFile(path, { native, timeoutMs: 0 });
	// The first holder's descriptor number may be the second's now.
	await first[Symbol.asyncDispose]();
	await expect(lockFile(path, { native, timeoutMs: 0 })).rejects.toEqual(code('ERR_TIMEOUT'));
	await second[Symbol.asyncDispose]();
	expect(openDescriptors()).toBe(before);
});

test('waits for the holder', async () => {
	const order: string[] = [];
	const holder = await lockFile(path, { native, create: true });
	const waiter = lockFile(path, { native }).then((lock) => {
		order.push('had');
		return lock;
	});
	await new Promise((resolve) => setImmediate(resolve));
	order.push('released');
	await holder[Symbol.asyncDispose]();
	native.wake();
	await (await waiter)[Symbol.asyncDispose]();
	expect(order).toEqual(['released', 'had']);
});

test('gives up in time or when told, and keeps nothing open then', async () => {
	const holder = await lockFile(path, { native, create: true });
	const before = openDescriptors();
	await expect(lockFile(path, { native, timeoutMs: 5 })).rejects.toEqual(code('ERR_TIMEOUT'));
	const abort = new AbortController();
	const aborted = lockFile(path, { native, signal: abort.signal });
	abort.abort();
	await expect(aborted).rejects.toEqual(code('ERR_ABORTED'));
	expect(openDescriptors()).toBe(before);
	await holder[Symbol.asyncDispose]();
});

test('of a container that is removed meanwhile is no lock', async () => {
	const holder = await lockFile(path, { native, create: true });
	const waiter = lockFile(path, { native });
	await new Promise((resolve) => setImmediate(resolve));
	unlinkSync(path);
	await holder[Symbol.asyncDispose]();
	native.wake();
	await expect(waiter).rejects.toEqual(code('ERR_NOT_FOUND'));
	expect(existsSync(path)).toBe(false);

	rmSync(folder, { recursive: true });
	await expect(lockFile(path, { native })).rejects.toEqual(code('ERR_NOT_FOUND'));
});

test('that is missing is made by nobody but who makes the container', async () => {
	await expect(lockFile(path, { native })).rejects.toEqual(code('ERR_NOT_FOUND'));
	expect(existsSync(path)).toBe(false);
});
