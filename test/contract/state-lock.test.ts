import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFile } from '../../lib/state/index.js';

const addon = new URL('../../dist/tsrun.node', import.meta.url);
const locker = ['/usr/bin/flock', '/bin/flock'].find((path) => existsSync(path));
const missing = !existsSync(addon)
	? 'the addon is not built'
	: locker === undefined
		? 'flock(1) is missing'
		: undefined;
if (missing !== undefined) console.warn(`skipped: ${missing}`);

const holders: ChildProcess[] = [];
let folder: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'lock-'));
	path = join(folder, 'lock');
});
afterEach(() => {
	// A test that failed half-way has left its holder.
	for (const child of holders.splice(0)) child.stdin?.end();
	rmSync(folder, { recursive: true, force: true });
});

/** Another process that holds the lock until its standard input ends. */
async function holder(): Promise<ChildProcess> {
	const child = spawn(locker ?? '', [path, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
	holders.push(child);
	if (child.stdout !== null) await once(child.stdout, 'data');
	return child;
}

const isFree = (): boolean => {
	try {
		execFileSync(locker ?? '', ['--nonblock', path, 'true']);
		return true;
	} catch {
		return false;
	}
};

(missing === undefined ? describe : describe.skip)('the lock of a container between processes', () => {
	test('keeps others out until it is disposed', async () => {
		{
			await using _ = await lockFile(path, { create: true });
			expect(isFree()).toBe(false);
		}
		expect(isFree()).toBe(true);
	});

	test('waits until the other process lets go, and until it is killed', async () => {
		for (const end of ['close', 'kill'] as const) {
			const other = await holder();
			await expect(lockFile(path, { timeoutMs: 0 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT' });
			const waiting = lockFile(path, { timeoutMs: 10_000 });
			if (end === 'kill') other.kill('SIGKILL');
			other.stdin?.end();
			await using _ = await waiting;
			expect(isFree()).toBe(false);
		}
	});

	test('gives up in time or when told; who gave up has no lock later', async () => {
		const other = await holder();
		await expect(lockFile(path, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'ERR_TIMEOUT', path });
		await expect(lockFile(path, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
			code: 'ERR_ABORTED',
			path,
		});
		other.stdin?.end();
		await once(other, 'exit');
		await using _ = await lockFile(path, { timeoutMs: 10_000 });
		expect(isFree()).toBe(false);
	});
});
