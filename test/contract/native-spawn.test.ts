import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmdirSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeCommand } from '../../lib/launch/message.js';
import { native, OwnedFd } from '../../lib/native/index.js';
import { openCount, withOpenFiles } from './open-files.js';
import { end, hear, silent, start, waitingProgram } from './started-helper.js';

const CLONE_NEWUSER = 0x10000000n;
const CLONE_NEWUTS = 0x04000000n;
const CLONE_NEWTIME = 0x80n;
const FAULT = 1;
const BARRIER = 3;

const cgroup2 = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
const mayMakeCgroups = cgroup2 !== undefined && process.getuid?.() === 0;
const inCgroup2 = mayMakeCgroups ? test : test.skip;
if (!mayMakeCgroups) console.warn('skipped: CLONE_INTO_CGROUP needs root and a cgroup2 mount');

function field(pid: number, name: string): string | undefined {
	return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
}

test('a helper announces its barrier and ends when the host is gone', async () => {
	const helper = start(waitingProgram());
	expect(await hear(helper.channel)).toEqual({ kind: BARRIER, step: 5, value: 7 });
	await end(helper);
});

test('a malformed program is a fault, told on the channel', async () => {
	const helper = start(Buffer.from('this is no program at all, whatever'));
	expect((await hear(helper.channel)).kind).toBe(FAULT);
	await end(helper);
});

test('the helper runs from a sealed memfd, with one argument and an empty environment', async () => {
	const helper = start(waitingProgram());
	await hear(helper.channel);
	expect(readlinkSync(`/proc/${helper.pid}/exe`)).toBe('/memfd:tsrun-init (deleted)');
	expect(readFileSync(`/proc/${helper.pid}/cmdline`, 'latin1')).toBe('tsrun-init\x000\x00');
	expect(readFileSync(`/proc/${helper.pid}/environ`, 'latin1')).toBe('');
	expect(() => writeFileSync(`/proc/${helper.pid}/exe`, 'x')).toThrow(/ETXTBSY|EPERM/);
	await end(helper);
});

test('signals are neither blocked nor ignored in the helper, though we ignore some', async () => {
	expect(field(process.pid, 'SigIgn')).not.toBe('0000000000000000'); // SIGPIPE, by the JavaScript engine
	const helper = start(waitingProgram());
	await hear(helper.channel);
	expect(field(helper.pid, 'SigIgn')).toBe('0000000000000000');
	expect(field(helper.pid, 'SigBlk')).toBe('0000000000000000');
	await end(helper);
});

test('descriptors arrive at their numbers even when sources and targets overlap', async () => {
	// Low numbers that are free or ours, so that the files below get numbers inside 0..n-1 of the helper.
	const names = ['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/fstab', '/etc/hostname', '/etc/shells'];
	const files = names.map((name) => openSync(name, 'r'));
	const sources = [...files].reverse();
	const highest = Math.max(...files);
	const padding = Array.from({ length: highest + 2 }, (_, index) => sources[index % sources.length] ?? -1);
	const helper = start(waitingProgram(), 0n, (channel, code) => [-1, -1, -1, channel, code, ...padding]);
	await hear(helper.channel);
	const seen = readdirSync(`/proc/${helper.pid}/fd`).map(Number);
	expect(Math.max(...seen)).toBe(4 + padding.length);
	padding.forEach((source, index) => {
		const name = names[files.indexOf(source)];
		expect(readlinkSync(`/proc/${helper.pid}/fd/${5 + index}`)).toBe(name);
	});
	for (const fd of [0, 1, 2]) expect(readlinkSync(`/proc/${helper.pid}/fd/${fd}`)).toBe('/dev/null');
	await end(helper);
	files.forEach(closeSync);
});

test('nothing but what was handed over is open in the helper', async () => {
	const stray = openSync('/etc/passwd', 'r');
	native().setCloexec(stray, false);
	const helper = start(waitingProgram());
	await hear(helper.channel);
	const open = readdirSync(`/proc/${helper.pid}/fd`).map((fd) => readlinkSync(`/proc/${helper.pid}/fd/${fd}`));
	expect(open).not.toContain('/etc/passwd');
	expect(open.length).toBeLessThanOrEqual(5);
	await end(helper);
	closeSync(stray);
});

test('namespaces are made, and in a new user namespace the helper has all capabilities', async () => {
	const helper = start(waitingProgram(), CLONE_NEWUSER | CLONE_NEWUTS);
	await hear(helper.channel);
	for (const kind of ['user', 'uts'])
		expect(readlinkSync(`/proc/${helper.pid}/ns/${kind}`)).not.toBe(readlinkSync(`/proc/self/ns/${kind}`));
	expect(readlinkSync(`/proc/${helper.pid}/ns/net`)).toBe(readlinkSync('/proc/self/ns/net'));
	const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
	expect(BigInt(`0x${field(helper.pid, 'CapEff')}`)).toBe((1n << BigInt(last + 1)) - 1n);
	await end(helper);
});

inCgroup2('the helper is born in the cgroup it was given', async () => {
	const path = join(cgroup2 ?? '', `tsrun-spawn-${process.pid}`);
	mkdirSync(path);
	try {
		using directory = new OwnedFd(openSync(path, 'r'));
		const helper = start(waitingProgram(), 0n, undefined, directory.number);
		expect(helper.intoCgroup).toBe(true);
		expect(readFileSync(join(path, 'cgroup.procs'), 'utf8')).toBe(`${helper.pid}\n`);
		await end(helper);
	} finally {
		rmdirSync(path);
	}
});

inCgroup2('it is told to go on once it is there, and not before', async () => {
	const path = join(cgroup2 ?? '', `tsrun-spawn-told-${process.pid}`);
	mkdirSync(path);
	using directory = new OwnedFd(openSync(path, 'r'));
	const told = async (cgroup: number) => {
		const [channel, other] = native().socketPair();
		const code = native().sealedMemfd('program', waitingProgram());
		const fds = [-1, -1, -1, other, code];
		const message = encodeCommand('release', 7);
		const helper = native().spawnInit({ flags: 0n, cgroup, fds, preserved: 0, channel, message });
		closeSync(other);
		closeSync(code);
		expect(await hear(channel)).toMatchObject({ kind: BARRIER, value: 7 });
		return { ...helper, channel };
	};
	try {
		const outside = await told(-1);
		expect(outside).toMatchObject({ intoCgroup: false, told: false });
		await end(outside);
		const inside = await told(directory.number);
		expect(inside).toMatchObject({ intoCgroup: true, told: true });
		// Its program is over: nothing was said about what to execute.
		expect(await hear(inside.channel)).toMatchObject({ kind: FAULT });
		await end(inside);
	} finally {
		rmdirSync(path);
	}
});

inCgroup2('the helper lives where its cgroup was killed before, born in it or outside', async () => {
	const path = join(cgroup2 ?? '', `tsrun-spawn-killed-${process.pid}`);
	mkdirSync(path);
	try {
		// Since Linux 5.14; before, there is nothing to survive.
		if (existsSync(join(path, 'cgroup.kill'))) writeFileSync(join(path, 'cgroup.kill'), '1');
		using directory = new OwnedFd(openSync(path, 'r'));
		const helper = start(waitingProgram(), 0n, undefined, directory.number);
		const processes = readFileSync(join(path, 'cgroup.procs'), 'utf8');
		expect(processes).toBe(helper.intoCgroup ? `${helper.pid}\n` : '');
		expect(await hear(helper.channel)).toMatchObject({ kind: BARRIER });
		await end(helper);
	} finally {
		rmdirSync(path);
	}
});

test('what cannot be started throws the errno and leaves no descriptor', async () => {
	await end(start(waitingProgram())); // the helper's memfd and the watcher are made once per process, and stay
	const before = openCount();
	expect(() => start(waitingProgram(), CLONE_NEWTIME)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
	expect(() => start(waitingProgram(), 0n, () => [0, 1, 2, 987_654])).toThrow(
		expect.objectContaining({ code: 'EBADF', syscall: 'fcntl' }),
	);
	const cgroup = openSync('/etc', 'r');
	expect(() => native().spawnInit({ flags: 0n, cgroup, fds: [-1], preserved: 0, ...silent })).toThrow(
		expect.objectContaining({ code: 'EBADF', syscall: 'clone3' }),
	);
	closeSync(cgroup);
	await turn();
	expect(openCount()).toBe(before);
});

test('the error of a child that fails before the exec comes back, and the child is reaped', () => {
	const children = () => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8');
	const before = { open: openCount(), children: children() };
	// Fewer than there are targets: the child cannot move its descriptors out of their way.
	const limit = openCount() + 10;
	withOpenFiles(limit, () => {
		const fds = Array.from({ length: limit + 20 }, () => -1);
		expect(() => native().spawnInit({ flags: 0n, cgroup: -1, fds, preserved: 0, ...silent })).toThrow(
			expect.objectContaining({ code: 'EINVAL', syscall: 'fcntl' }),
		);
	});
	expect({ open: openCount(), children: children() }).toEqual(before);
});
