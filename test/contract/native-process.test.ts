import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { exited, native } from '../../lib/native/index.js';

const code = (name: string) => expect.objectContaining({ code: name });
// Not the class: errors of the addon belong to the main realm, tests run in another one.
const named = (name: string) => expect.objectContaining({ name });
const SIGKILL = 9;

test('a pidfd tells the end of a process and signals it', async () => {
	const child = spawn('sleep', ['60']);
	const pidfd = native().pidfdOpen(child.pid ?? 0);
	const gone = once(child, 'exit');
	native().pidfdSendSignal(pidfd, 0);
	native().pidfdSendSignal(pidfd, SIGKILL);
	await exited(pidfd, { timeoutMs: 10_000 });
	expect(await gone).toEqual([null, 'SIGKILL']);
	expect(() => native().pidfdSendSignal(pidfd, 0)).toThrow(code('ESRCH'));
	closeSync(pidfd);
});

test('what is no child of ours cannot be reaped or opened', () => {
	expect(() => native().reap(1)).toThrow(expect.objectContaining({ code: 'ECHILD', syscall: 'waitid', errno: 10 }));
	expect(() => native().pidfdOpen(2 ** 31 - 1)).toThrow(code('ESRCH'));
	expect(() => native().pidfdOpen(1.5)).toThrow(named('TypeError'));
	expect(() => native().pidfdOpen(undefined as unknown as number)).toThrow(named('TypeError'));
});

test('a subreaper takes the orphans, and leaves the children it was asked to keep', async () => {
	expect(native().getSubreaper()).toBe(false);
	native().setSubreaper(true);
	try {
		expect(native().getSubreaper()).toBe(true);
		// The shell's child outlives it and becomes ours; the shell itself is the JavaScript engine's to wait for.
		const shell = spawn('sh', ['-c', 'sh -c "read line; exit 7" <&3 & echo $!; exit 3'], {
			stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
		});
		const gone = once(shell, 'exit');
		const [text] = (await once(shell.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
		const orphan = Number(text.toString());
		expect(await gone).toEqual([3, null]);
		expect(native().reapAny([])).toBeUndefined();
		const pidfd = native().pidfdOpen(orphan);
		(shell.stdio[3] as NodeJS.WritableStream).end('go\n');
		await exited(pidfd, { timeoutMs: 10_000 });
		closeSync(pidfd);
		expect(native().reapAny([orphan])).toBeUndefined();
		expect(native().reapAny([])).toEqual({ pid: orphan, code: 7, signal: 0 });
		expect(native().reapAny([])).toBeUndefined();
	} finally {
		native().setSubreaper(false);
	}
});

test('limits are 64 bits wide', async () => {
	const child = spawn('sleep', ['60']);
	const gone = once(child, 'exit');
	const RLIMIT_CORE = 4;
	native().prlimit(child.pid ?? 0, RLIMIT_CORE, 2n ** 53n + 1n, 2n ** 64n - 1n);
	expect(readFileSync(`/proc/${child.pid}/limits`, 'utf8')).toMatch(
		/Max core file size\s+9007199254740993\s+unlimited/,
	);
	expect(() => native().prlimit(child.pid ?? 0, RLIMIT_CORE, 2n, 1n)).toThrow(code('EINVAL'));
	expect(() => native().prlimit(child.pid ?? 0, RLIMIT_CORE, 2n ** 64n, 1n)).toThrow(named('TypeError'));
	expect(() => native().prlimit(child.pid ?? 0, RLIMIT_CORE, -1n, 1n)).toThrow(named('TypeError'));
	child.kill();
	await gone;
});
