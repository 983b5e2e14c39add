import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoctorReport } from '../../lib/index.js';
import { startDocker } from '../clients/docker/engine.js';
import { output } from '../clients/harness/call.js';
import { nestedImage } from '../clients/harness/nested-image.js';
import { tsrun } from '../clients/harness/runtimes.js';

// The guest has no need of a network, and emulated it takes long to make.
const settings = { bridge: 'none', iptables: false, ip6tables: false };
const open = ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'];

async function doctorIn(flags: readonly string[]): Promise<DoctorReport> {
	const words = ['run', '--rm', '--network', 'none', ...flags, 'nested', 'sh', '-c'];
	// Its status is 1 where containers cannot be made.
	return JSON.parse(await output(['docker', ...words, 'tsrun doctor --format json || true']));
}

test('doctor inside of docker names its profile of AppArmor', { timeout: 400_000 }, async () => {
	await using _dockerd = await startDocker(tsrun, settings);
	await output(['docker', 'import', await nestedImage(), 'nested']);

	const confined = await doctorIn(open);
	assert.equal(confined.able, false);
	const told = confined.obstacles.filter(({ layer }) => layer === 'apparmor');
	assert.deepEqual(
		told.map(({ evidence }) => evidence),
		['EACCES under docker-default (enforce)'],
	);
	assert.match(told[0]?.remedy ?? '', /--security-opt apparmor=unconfined/);

	const unconfined = await doctorIn([...open, '--security-opt', 'apparmor=unconfined']);
	assert.deepEqual(
		unconfined.obstacles.filter(({ layer }) => layer === 'apparmor'),
		[],
	);
	assert.equal(unconfined.able, true);
});
