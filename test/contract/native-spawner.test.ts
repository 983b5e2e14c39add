import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { native, readable, type Spawned } from '../../lib/native/index.js';
import { addonPath } from '../../lib/native/load.js';
import { errnoOf } from '../../lib/os/index.js';
import { eventually } from '../harness/eventually.js';
import { openCount } from './open-files.js';
import { end, hear, silent, start, waitingProgram } from './started-helper.js';

const CLONE_NEWUSER = 0x10000000n;
const CLONE_NEWUTS = 0x04000000n;
const CLONE_NEWNET = 0x40000000n;

const addon = addonPath(new URL('../../lib/native/load.ts', import.meta.url).href);

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
if (!isRoot) console.warn('skipped: namespaces that are made ahead need root');

// The helper's own file is opened once, and stays.
beforeAll(() => end(start(waitingProgram())));

const nothing = { flags: 0n, cgroup: -1, fds: [-1, -1, -1], preserved: 0, ...silent };

const begun = async (fds: readonly number[], cgroup = -1, ahead = 0n): Promise<Spawned> => {
	const spawner = ahead === 0n ? undefined : native().spawnAhead(ahead);
	const answer = native().spawnInitBegin({ flags: ahead, cgroup, fds, preserved: 0, ...silent }, spawner);
	try {
		await readable(answer, { timeoutMs: 10_000 });
		return native().spawnInitEnd(answer);
	} finally {
		closeSync(answer);
	}
};
/** Of each thread of ours; one that ends meanwhile is in none any more. */
const namespacesOf = (kind: string): string[] =>
	readdirSync('/proc/self/task').flatMap((thread) => {
		try {
			return [readlinkSync(`/proc/self/task/${thread}/ns/${kind}`)];
		} catch (error) {
			// EACCES: it has ended between two steps of the kernel's (proc_ns_readlink).
			if (['ENOENT', 'ESRCH', 'EACCES'].includes(errnoOf(error) ?? '')) return [];
			throw error;
		}
	});
const threads = () => readdirSync('/proc/self/task').length;
const allAreOurs = (kind: string): boolean => new Set(namespacesOf(kind)).size === 1;

test('the helper starts, as without one', async () => {
	const [channel, other] = native().socketPair();
	const code = native().sealedMemfd('program', waitingProgram());
	const before = openCount();
	const spawned = await begun([-1, -1, -1, other, code]);
	expect(openCount()).toBe(before + 1); // its pidfd
	closeSync(other);
	closeSync(code);
	expect((await hear(channel)).kind).toBe(3);
	await end({ ...spawned, channel });
});

asRoot('it makes namespaces ahead, in which the helper is born, and ends', async () => {
	const [channel, other] = native().socketPair();
	const code = native().sealedMemfd('program', waitingProgram());
	const spawned = await begun([-1, -1, -1, other, code], -1, CLONE_NEWUTS | CLONE_NEWNET);
	closeSync(other);
	closeSync(code);
	await hear(channel);
	for (const [kind, isNew] of [
		['uts', true],
		['net', true],
		['ipc', false],
	] as const) {
		const own = readlinkSync(`/proc/self/ns/${kind}`);
		expect([kind, readlinkSync(`/proc/${spawned.pid}/ns/${kind}`) !== own]).toEqual([kind, isNew]);
		await eventually(`no thread is in another ${kind} namespace`, () => allAreOurs(kind));
	}
	await end({ ...spawned, channel });
});

const processorsOf = (task: string): string =>
	/^Cpus_allowed_list:\t(.*)$/m.exec(readFileSync(`/proc/${task}/status`, 'utf8'))?.[1] ?? '';
const severalProcessors = isRoot && /[,-]/.test(processorsOf('self'));
if (!severalProcessors) console.warn('skipped: a thread beside this one needs root and two processors');

(severalProcessors ? test : test.skip)('it is at work on another processor, and the helper may use all', async () => {
	const before = readdirSync('/proc/self/task');
	const spawner = native().spawnAhead(CLONE_NEWUTS);
	const [thread] = readdirSync('/proc/self/task').filter((task) => !before.includes(task));
	if (thread === undefined) throw new Error('there is no thread');
	expect(processorsOf(`self/task/${thread}`)).not.toBe(processorsOf('self'));

	const [channel, other] = native().socketPair();
	const code = native().sealedMemfd('program', waitingProgram());
	const request = { ...nothing, flags: CLONE_NEWUTS, fds: [-1, -1, -1, other, code] };
	const answer = native().spawnInitBegin(request, spawner);
	await readable(answer, { timeoutMs: 10_000 });
	const spawned = native().spawnInitEnd(answer);
	for (const fd of [answer, other, code]) closeSync(fd);
	await hear(channel);
	expect(processorsOf(String(spawned.pid))).toBe(processorsOf('self'));
	await end({ ...spawned, channel });
});

asRoot('one that is given up ends, and takes its namespaces along', async () => {
	const before = threads();
	const spawner = native().spawnAhead(CLONE_NEWNET);
	await eventually('a thread is in another namespace', () => !allAreOurs('net'));
	native().spawnGiveUp(spawner);
	await eventually('all threads are in ours', () => allAreOurs('net'));
	await eventually('there are no more threads than before', () => threads() <= before);
	native().spawnGiveUp(spawner);
	expect(() => native().spawnInitBegin({ ...nothing, flags: CLONE_NEWNET }, spawner)).toThrow(
		expect.objectContaining({ code: 'EINVAL' }),
	);
});

asRoot('a helper is born in no namespace that was not asked for', () => {
	const spawner = native().spawnAhead(CLONE_NEWUTS);
	expect(() => native().spawnInitBegin({ ...nothing, flags: CLONE_NEWNET }, spawner)).toThrow(
		expect.objectContaining({ code: 'EINVAL', syscall: 'clone3' }),
	);
	native().spawnGiveUp(spawner);
});

asRoot('what the clone says where namespaces were made ahead comes back as well', async () => {
	const cgroup = openSync('/etc', 'r');
	await expect(begun([-1], cgroup, CLONE_NEWUTS)).rejects.toMatchObject({ code: 'EBADF', syscall: 'clone3' });
	closeSync(cgroup);
	await eventually('no thread is in another namespace', () => allAreOurs('uts'));
});

asRoot('the end of a worker thread that alone had the addon ends no process', () => {
	const script = join(import.meta.dirname, 'fixtures/spawner-of-worker.mjs');
	const { stdout, signal } = spawnSync(process.execPath, [script, addon], { encoding: 'utf8', timeout: 20_000 });
	expect({ stdout, signal }).toEqual({ stdout: 'lives\n', signal: null });
});

test('what fails there throws here, at once or at the end, and leaves no descriptor', async () => {
	const before = openCount();
	expect(() => native().spawnInitBegin({ ...nothing, fds: [987_654] })).toThrow(
		expect.objectContaining({ code: 'EBADF', syscall: 'fcntl' }),
	);
	expect(() => native().spawnAhead(CLONE_NEWUSER)).toThrow(
		expect.objectContaining({ code: 'EINVAL', syscall: 'unshare' }),
	);
	const cgroup = openSync('/etc', 'r');
	await expect(begun([-1], cgroup)).rejects.toMatchObject({ code: 'EBADF', syscall: 'clone3' });
	closeSync(cgroup);
	expect(openCount()).toBe(before);
});

test('the answer is waited for in place, however long it takes', async () => {
	const [channel, other] = native().socketPair();
	const code = native().sealedMemfd('program', waitingProgram());
	const answer = native().spawnInitBegin({ ...nothing, fds: [-1, -1, -1, other, code] });
	native().spawnInitAwait(answer);
	const spawned = native().spawnInitEnd(answer);
	for (const fd of [answer, other, code]) closeSync(fd);
	expect((await hear(channel)).kind).toBe(3);
	await end({ ...spawned, channel });
	expect(() => native().spawnInitAwait(-1.5)).toThrow('not a 32-bit integer');
});

test('an answer that is not there yet', () => {
	const [ours, other] = native().socketPair();
	expect(() => native().spawnInitEnd(ours)).toThrow(expect.objectContaining({ code: 'EAGAIN', syscall: 'recv' }));
	closeSync(other);
	expect(() => native().spawnInitEnd(ours)).toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
	closeSync(ours);
});
