import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, refused, run, succeed, value, withContainer } from './guest.js';

/** Makes a device of RDMA over the loopback of a dummy interface; what is lacking. */
function addDevice(): string | undefined {
	if (run('modprobe', ['rdma_rxe']).status !== 0) return 'the kernel has no rdma_rxe';
	for (const words of [
		['ip', 'link', 'add', 'vmrdma', 'type', 'dummy'],
		['ip', 'link', 'set', 'vmrdma', 'up'],
		['rdma', 'link', 'add', 'vmrxe0', 'type', 'rxe', 'netdev', 'vmrdma'],
	]) {
		const [program = '', ...rest] = words;
		const { status, stderr } = run(program, rest);
		if (status !== 0) return `${words.join(' ')}: ${stderr.trim()}`;
	}
	return undefined;
}

test('cgroup v2: limits of an RDMA device, an update of one of them, and one that fails', async (context) => {
	const lacking = addDevice();
	if (lacking !== undefined) return context.skip(lacking);
	const path = bundle('sleep 100', (config) => {
		config.linux.resources = { rdma: { vmrxe0: { hcaHandles: 3, hcaObjects: 10 } } };
	});
	await withContainer(path, (id, cgroup) => {
		assert.equal(value(cgroup, 'rdma.max'), 'vmrxe0 hca_handle=3 hca_object=10');
		const change = { rdma: { vmrxe0: { hcaObjects: 20 } } };
		writeFileSync(
			'/tmp/rdma.json',
			JSON.stringify({ ...change, pids: { limit: 7 }, unified: { 'cpu.max': '5 100000' } }),
		);
		assert.match(refused('update', '--resources', '/tmp/rdma.json', id), /cpu\.max/);
		assert.equal(value(cgroup, 'rdma.max'), 'vmrxe0 hca_handle=3 hca_object=10');
		writeFileSync('/tmp/rdma.json', JSON.stringify(change));
		succeed('update', '--resources', '/tmp/rdma.json', id);
		assert.equal(value(cgroup, 'rdma.max'), 'vmrxe0 hca_handle=3 hca_object=20');
	});
	run('rdma', ['link', 'delete', 'vmrxe0']);
	run('ip', ['link', 'delete', 'vmrdma']);
});
