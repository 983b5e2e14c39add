import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundle, newId, program, refused, run } from './guest.js';

const inNetwork = (script: string, netDevices: object) =>
	bundle(script, (config) => {
		config.linux['netDevices'] = netDevices;
	});

test('network devices: a dummy of the host, with its address', (context) => {
	const made = run('ip', ['link', 'add', 'tsrun0', 'type', 'dummy']);
	if (made.status !== 0) return context.skip(`no dummy device can be made: ${made.stderr.trim()}`);
	run('ip', ['addr', 'add', '192.0.2.7/24', 'dev', 'tsrun0']);
	const script = 'busybox ip -o addr; busybox ip -o link';
	const { status, stdout, stderr } = run(program, [
		'run',
		'--bundle',
		inNetwork(script, { tsrun0: { name: 'lan%d' } }),
		newId(),
	]);
	assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
	assert.match(stdout, /lan0 +inet 192\.0\.2\.7\/24/);
	assert.match(stdout, /lan0: <[^>]*\bUP\b/);
	assert.match(refused('run', '--bundle', inNetwork('true', { tsrun0: {} }), newId()), /there is no such device/);
});
