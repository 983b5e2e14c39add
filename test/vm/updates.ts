import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { major, minor } from './disk.js';
import { limited, mebibyte, refused, succeed, value, withContainer } from './guest.js';

test('cgroup v2: an update is made as a whole or not at all', () =>
	withContainer(limited('sleep 100', { memory: { limit: 32 * mebibyte }, pids: { limit: 20 } }), (id, cgroup) => {
		succeed('update', '--memory', '64m', '--memory-swap', '64m', '--cpu-quota', '20000', '--cpuset-cpus', '0', id);
		const files = ['memory.max', 'memory.swap.max', 'cpu.max', 'cpuset.cpus', 'pids.max'];
		const updated = [String(64 * mebibyte), '0', '20000 100000', '0', '20'];
		assert.deepEqual(
			files.map((file) => value(cgroup, file)),
			updated,
		);
		assert.match(refused('update', '--pids-limit', '30', '--cpuset-cpus', '4096', id), /cpuset\.cpus/);
		assert.deepEqual(
			files.map((file) => value(cgroup, file)),
			updated,
		);
	}));

test('cgroup v2: an update that fails leaves no value where there was none', () =>
	withContainer(limited('sleep 100', {}), (id, cgroup) => {
		// The kernel takes no empty list for a cpuset with processes that has had another one.
		const files = [
			...['cpuset.cpus.effective', 'cpuset.mems.effective'],
			'io.max',
			'memory.max',
			'cpu.max',
			'pids.max',
		];
		const before = files.map((file) => value(cgroup, file));
		const change = `${cgroup}-change.json`.replaceAll('/', '_');
		writeFileSync(
			`/tmp/${change}`,
			JSON.stringify({
				cpu: { cpus: '0', mems: '0' },
				blockIO: { throttleReadIOPSDevice: [{ major, minor, rate: 700 }] },
				memory: { limit: 32 * mebibyte },
				pids: { limit: 7 },
				// One millisecond is the least.
				unified: { 'io.max': `${major}:${minor} wbps=1048576`, 'cpu.max': '5 100000' },
			}),
		);
		const said = refused('update', '--resources', `/tmp/${change}`, id);
		assert.match(said, /^cannot write "5 100000" to .*cpu\.max: invalid argument/);
		assert.doesNotMatch(said, /cpuset/);
		assert.deepEqual(
			files.map((file) => value(cgroup, file)),
			before,
		);
	}));
