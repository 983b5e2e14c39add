import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcessStat } from '../../../lib/os/index.js';
import { ContainerDir, type ContainerRecord, currentStatus, isFrozen, statusOf } from '../../../lib/state/index.js';
import { exampleRecord } from './example-record.js';

const record = { pid: 10, startTime: '500' };
const alive = { state: 'S', startTime: '500' };
const quiet = { process: alive, hasStartSocket: false, frozen: false };

test.each([
	['running', record, quiet],
	['created', record, { ...quiet, hasStartSocket: true }],
	['paused', record, { ...quiet, frozen: true }],
	['paused', record, { ...quiet, frozen: true, hasStartSocket: true }],
	['creating', { ...record, creating: true }, { ...quiet, hasStartSocket: true }],
	['running', { ...record, creating: false }, quiet],
	['stopped', record, { ...quiet, process: undefined, hasStartSocket: true }],
	['stopped', { ...record, creating: true }, { ...quiet, process: undefined }],
	['stopped', record, { ...quiet, process: { state: 'Z', startTime: '500' } }],
	['stopped', record, { ...quiet, process: { state: 'X', startTime: '500' } }],
	['stopped', record, { ...quiet, process: { state: 'S', startTime: '501' }, frozen: true }],
	['stopped', { ...record, pid: 0 }, quiet],
	['running', record, { ...quiet, process: { state: 'D', startTime: '500' } }],
	['running', record, { ...quiet, process: { state: 'T', startTime: '500' } }],
] as const)('%s: %j seen as %j', (status, remembered, seen) => {
	expect(statusOf(remembered, seen)).toBe(status);
});

describe('looked up', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'status-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const mine = (): ContainerRecord => ({
		...exampleRecord,
		pid: process.pid,
		startTime: readProcessStat('self')?.startTime ?? '',
		cgroup: { manager: 'cgroupfs', paths: {}, created: [] },
	});

	test('a living process, with and without the start socket', () => {
		const dir = new ContainerDir(folder, 'web');
		expect(currentStatus(dir, mine())).toBe('running');
		writeFileSync(dir.startSocket, '');
		expect(currentStatus(dir, mine())).toBe('created');
		expect(currentStatus(dir, { ...mine(), startTime: '1' })).toBe('stopped');
		expect(currentStatus(dir, { ...mine(), pid: 2 ** 22 + 1 })).toBe('stopped');
		expect(currentStatus(dir, { ...mine(), pid: 0 })).toBe('stopped');
	});

	test('frozen as the cgroup says, v1 before v2; a cgroup that is gone is not frozen', () => {
		const v1 = join(folder, 'v1');
		const v2 = join(folder, 'v2');
		for (const path of [v1, v2]) mkdirSync(path);
		const say = (self: string, freeze: string): void => {
			writeFileSync(join(v1, 'freezer.self_freezing'), `${self}\n`);
			writeFileSync(join(v2, 'cgroup.freeze'), `${freeze}\n`);
		};
		say('1', '0');
		expect(isFrozen({ v1: { freezer: v1 }, v2 })).toBe(true);
		expect(isFrozen({ v2 })).toBe(false);
		say('0', '1');
		expect(isFrozen({ v1: { freezer: v1 }, v2 })).toBe(false);
		expect(isFrozen({ v1: { cpu: v1 }, v2 })).toBe(true);
		expect(isFrozen({ v2: join(folder, 'gone') })).toBe(false);
		expect(isFrozen({})).toBe(false);
		const paths = { v2 };
		expect(currentStatus(new ContainerDir(folder, 'web'), { ...mine(), cgroup: { ...mine().cgroup, paths } })).toBe(
			'paused',
		);
	});
});
