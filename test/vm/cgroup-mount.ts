import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, newId, succeed } from './guest.js';

const superOptions = () => {
	const line = readFileSync('/proc/self/mountinfo', 'utf8')
		.split('\n')
		.find((mount) => mount.includes(' /sys/fs/cgroup '));
	return line?.split(' - ')[1]?.split(' ')[2];
};

// A mount of cgroup2 from the host's cgroup namespace says anew what holds for the whole hierarchy.
test('a container in the cgroup namespace of the host leaves nsdelegate and memory_recursiveprot to the host', () => {
	const before = superOptions();
	assert.match(before ?? '', /nsdelegate/);
	const path = bundle('grep " /sys/fs/cgroup " /proc/self/mountinfo', (config) => {
		config.linux['namespaces'] = [{ type: 'pid' }, { type: 'mount' }, { type: 'uts' }];
	});
	assert.match(succeed('run', '--bundle', path, newId()), / - cgroup2 /);
	assert.equal(superOptions(), before);
});
