import {
	parseIdMap,
	parseMountInfo,
	parseProcessCgroup,
	parseProcessStat,
	parseProcessStatus,
	readProcessCgroup,
	readProcessIdentity,
	readProcessStat,
	unescapeMountField,
} from '../../../lib/os/index.js';

const tail = '1 7 7 34816 8 4194560 100 0 0 0 1 2 0 0 20 0 1 0 987654321 2449408 200 18446744073709551615 1 1 0';

describe('the stat file of a process', () => {
	test.each(['sh', 'a b', '(sd-pam)', ') R 1 (', 'two\nlines', '))))'])('with the command %j', (command) => {
		expect(parseProcessStat(`42 (${command}) S ${tail}\n`)).toEqual({
			pid: 42,
			command,
			state: 'S',
			parent: 1,
			startTime: '987654321',
		});
	});

	test('keeps a start time that no double could hold', () => {
		const text = `1 (x) R ${tail.replace('987654321', '18446744073709551615')}`;
		expect(parseProcessStat(text).startTime).toBe('18446744073709551615');
	});

	test.each(['', 'nonsense', '1 (x) R 1 2 3', '1 x R', `x (y) R ${tail}`])('refuses %j', (text) => {
		expect(() => parseProcessStat(text)).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM' }));
	});

	test('of this process and of one that cannot be there', () => {
		expect(readProcessStat(process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
		expect(readProcessStat(process.pid)?.startTime).toBe(readProcessStat('self')?.startTime);
		expect(readProcessStat(2 ** 22 + 1)).toBeUndefined();
	});
});

describe('the cgroups of a process', () => {
	test('v1, named, unified, colons in the path, removed cgroups', () => {
		const text = '12:cpu,cpuacct:/a:b\n1:name=systemd:/init.scope\n0::/x (deleted)\n';
		expect(parseProcessCgroup(text)).toEqual([
			{ hierarchy: 12, controllers: ['cpu', 'cpuacct'], path: '/a:b' },
			{ hierarchy: 1, controllers: [], name: 'systemd', path: '/init.scope' },
			{ hierarchy: 0, controllers: [], path: '/x' },
		]);
	});

	test('of this process and of one that cannot be there', () => {
		for (const { path } of readProcessCgroup('self') ?? []) expect(path).toMatch(/^\//);
		expect(readProcessCgroup(2 ** 22 + 1)).toBeUndefined();
	});
});

describe('mountinfo', () => {
	test('any number of optional fields, escapes, an empty source', () => {
		const text = [
			'36 35 98:0 /mnt1 /mnt\\040with\\011space\\134 rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue',
			'40 36 0:5 / /dev/shm rw,nosuid - tmpfs  rw',
			'41 36 0:6 / /s rw shared:7 - fuse.sshfs me@host:/a\\040b rw,user_id=0',
			'a line of some later kernel',
			'',
		].join('\n');
		const mounts = parseMountInfo(text);
		expect(mounts).toHaveLength(3);
		expect(mounts[0]).toEqual({
			id: 36,
			parent: 35,
			device: '98:0',
			root: '/mnt1',
			mountPoint: '/mnt with\tspace\\',
			options: ['rw', 'noatime'],
			propagation: ['master:1', 'propagate_from:2'],
			type: 'ext3',
			source: '/dev/root',
			superOptions: ['rw', 'errors=continue'],
		});
		expect(mounts[1]).toMatchObject({ source: '', propagation: [], superOptions: ['rw'] });
		expect(mounts[2]).toMatchObject({ type: 'fuse.sshfs', source: 'me@host:/a b', propagation: ['shared:7'] });
	});

	test('an escape is not read twice', () => {
		expect(unescapeMountField('\\134040')).toBe('\\040');
	});
});

describe('identity', () => {
	test('ids and the pids of nested namespaces', () => {
		const text = 'Name:\tUid:\nUid:\t1000\t0\t1000\t1000\nGid:\t5\t5\t5\t5\nNSpid:\t210\t7\t1\n';
		expect(parseProcessStatus(text)).toEqual({
			uids: [1000, 0, 1000, 1000],
			gids: [5, 5, 5, 5],
			namespacePids: [210, 7, 1],
		});
	});

	test('of this process', () => {
		expect(readProcessIdentity('self')?.namespacePids.at(-1)).toBe(process.pid);
	});

	test('id maps', () => {
		expect(parseIdMap('         0       1000          1\n         1     100000      65536\n')).toEqual([
			{ inside: 0, outside: 1000, count: 1 },
			{ inside: 1, outside: 100000, count: 65536 },
		]);
		expect(parseIdMap('')).toEqual([]);
	});
});
