import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { major, minor } from './disk.js';
import { bundle, limited, refused, run, succeed, until, value, withContainer } from './guest.js';

test('cgroup v2: throttles and counters of a block device', () =>
	withContainer(
		limited('dd if=/dev/zero of=/file bs=64k count=4 conv=fsync 2>/dev/null; sync; sleep 100', {
			blockIO: { throttleWriteBpsDevice: [{ major, minor, rate: 10_485_760 }] },
		}),
		(_, cgroup) => {
			assert.equal(value(cgroup, 'io.max'), `${major}:${minor} rbps=max wbps=10485760 riops=max wiops=max`);
		},
	));

test('cgroup v2: what is written is counted', () =>
	withContainer(
		bundle('dd if=/dev/zero of=/file bs=64k count=4 conv=fsync 2>/dev/null; sleep 100', (config) => {
			config['root'] = { path: 'rootfs', readonly: false };
		}),
		async (id) => {
			succeed('start', id);
			const written = () =>
				JSON.parse(succeed('events', '--stats', id)).data.blkio.ioServiceBytesRecursive?.find(
					(entry: { op: string; major: number }) => entry.op === 'Write' && entry.major === major,
				)?.value ?? 0;
			await until('256 KiB were written', () => written() >= 262_144);
		},
	));

test('cgroup v2: weights of block devices by BFQ, which an update that fails takes back', (context) => {
	if (run('modprobe', ['bfq']).status !== 0) return context.skip('the kernel has no BFQ');
	const scheduler = '/sys/block/vda/queue/scheduler';
	const before = /\[(\S+)\]/.exec(readFileSync(scheduler, 'utf8'))?.[1] ?? 'none';
	writeFileSync(scheduler, 'bfq');
	const weights = { weight: 500, weightDevice: [{ major, minor, weight: 300 }] };
	const wanted = `default 500\n${major}:${minor} 300`;
	return withContainer(limited('sleep 100', { blockIO: weights }), (id, cgroup) => {
		assert.equal(value(cgroup, 'io.bfq.weight'), wanted);
		const change = { blockIO: { weightDevice: [{ major, minor, weight: 900 }] }, cpu: { quota: 5, period: 100_000 } };
		writeFileSync('/tmp/bfq.json', JSON.stringify(change));
		assert.match(refused('update', '--resources', '/tmp/bfq.json', id), /cpu\.max/);
		assert.equal(value(cgroup, 'io.bfq.weight'), wanted);
	}).finally(() => writeFileSync(scheduler, before));
});

test('cgroup v2: weights of block devices, by the scheduler that is there', (context) => {
	const file = bundle('sleep 100');
	return withContainer(file, (_, cgroup) => {
		const name = ['io.bfq.weight', 'io.weight'].find((one) => existsSync(`${cgroup}/${one}`));
		if (name === undefined) return context.skip('no scheduler of block devices that has weights');
		return withContainer(limited('sleep 100', { blockIO: { weight: 500 } }), (_, own) => {
			// 1 + (500 - 10) * 9999 / 990
			assert.equal(value(own, name), name === 'io.weight' ? 'default 4950' : 'default 500');
		});
	});
});
