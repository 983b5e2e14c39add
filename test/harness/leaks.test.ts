import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { watchForLeaks } from './leaks.js';
import { describeWith, root } from './requirement.js';
import { containerId, removeScratch, scratch, token } from './scratch.js';
import { stateRoot } from './state-root.js';

afterAll(removeScratch);

test('nothing is reported when nothing was left', async () => {
	expect(await watchForLeaks()()).toEqual([]);
});

test('a child that still runs is reported', async () => {
	const leaks = watchForLeaks(100);
	const child = spawn('sleep', ['60']);
	await once(child, 'spawn');
	try {
		expect(await leaks()).toEqual([`process ${child.pid} sleep 60`]);
	} finally {
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
});

test('a process that is nobody’s child any more is reported by the token in its environment', async () => {
	const leaks = watchForLeaks(100);
	const { stdout } = spawnSync('sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!'], {
		env: { PATH: process.env['PATH'], TSRUN_TEST: token },
		encoding: 'utf8',
	});
	const pid = Number(stdout);
	try {
		expect(await leaks()).toEqual([`process ${pid} sleep 60`]);
	} finally {
		process.kill(pid, 'SIGKILL');
	}
});

test('a container record and an open descriptor of procfs are reported', async () => {
	const leaks = watchForLeaks(100);
	const record = join(stateRoot(), containerId());
	mkdirSync(record);
	const fd = openSync('/proc/self/status', 'r');
	try {
		expect((await leaks()).map((line) => line.replace(/\d+/, 'N').split(' ')[0])).toEqual(['descriptor', 'record']);
	} finally {
		closeSync(fd);
		rmdirSync(record);
	}
});

describeWith([root], 'as root', () => {
	test('a mount of a scratch directory is reported', async () => {
		const leaks = watchForLeaks(100);
		const folder = scratch();
		expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status).toBe(0);
		try {
			const [line, ...more] = (await leaks()).filter((trace) => trace.startsWith('mount '));
			expect(line).toContain(folder);
			expect(more).toEqual([]);
		} finally {
			expect(spawnSync('umount', [folder]).status).toBe(0);
		}
	});

	test('a cgroup with a container’s name is reported', async () => {
		const leaks = watchForLeaks(100);
		const hierarchy = spawnSync('findmnt', ['-nro', 'TARGET', '-t', 'cgroup2'], { encoding: 'utf8' }).stdout.split(
			'\n',
		)[0];
		const folder = join(hierarchy ?? '', containerId());
		mkdirSync(folder);
		try {
			expect(await leaks()).toEqual([`cgroup ${folder}`]);
		} finally {
			rmdirSync(folder);
		}
	});
});
