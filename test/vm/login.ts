// What runs in the guest as a user who is logged in outside of the session, as over ssh: there all that the user may
// write to is elsewhere in the tree, and processes are moved by systemd alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, cgroupOf, pidOf, succeed, until, value, withContainer } from './guest.js';

test('from outside of the session: create, exec and delete', async () => {
	assert.doesNotMatch(readFileSync('/proc/self/cgroup', 'utf8'), /user@/);
	const path = bundle('while :; do sleep 0.1; done', (config) => {
		config.linux.resources = { pids: { limit: 20 } };
	});
	await withContainer(
		path,
		async (id, cgroup) => {
			assert.match(cgroup, /user@\d+\.service\/user\.slice\/tsrun-.*\.scope$/);
			assert.equal(value(cgroup, 'pids.max'), '20');
			succeed('start', id);
			assert.equal(succeed('exec', id, 'cat', '/proc/self/cgroup'), '0::/');
			succeed('exec', '--detach', id, 'sleep', '99');
			await until('the other process is there', () => value(cgroup, 'cgroup.procs').split('\n').length >= 2);
			assert.equal(cgroupOf(pidOf(id)), cgroup);
		},
		'--systemd-cgroup',
	);
});
