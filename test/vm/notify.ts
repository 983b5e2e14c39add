import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, newId, pidOf, program, run, tsrun, until } from './guest.js';

// systemd-notify(1) of the guest, with what it is linked to, in a container that has nothing else of it.
const notifying = (script: string) =>
	bundle(script, (config) => {
		const places = ['/usr', '/lib', '/lib64'].filter((path) => existsSync(path));
		const mounts = places.map((path) => ({ destination: path, type: 'bind', source: path, options: ['rbind', 'ro'] }));
		config['mounts'] = [...(config['mounts'] as object[]), ...mounts];
	});

const show = (unit: string, property: string) =>
	run('systemctl', ['show', '--value', '--property', property, unit]).stdout.trim();

/** Starts a service whose program is `tsrun run`; systemd-run ends when it has heard that the service is ready. */
function startService(unit: string, ...words: readonly string[]) {
	const properties = ['--service-type=notify', '--property=NotifyAccess=all', '--property=TimeoutStartSec=60'];
	return run('systemd-run', [...properties, `--unit=${unit}`, program, 'run', ...words]);
}

// A first process that handles no SIGTERM would not end by it.
const ready = "trap 'exit 0' TERM; /usr/bin/systemd-notify --ready --status=up; sleep 1000 & wait";

test('systemd: a service is ready when the program of its container says so', async () => {
	const [unit, id] = [`${newId()}.service`, newId()];
	const { status, stderr } = startService(unit, '--bundle', notifying(ready), id);
	assert.equal(status, 0, stderr);
	assert.equal(show(unit, 'ActiveState'), 'active');
	assert.notEqual(Number(show(unit, 'MainPID')), pidOf(id));
	run('systemctl', ['stop', unit]);
	await until('the container was deleted', () => tsrun('state', id).status !== 0);
});

test('systemd: a detached container becomes the main process of its service', async () => {
	const [unit, id] = [`${newId()}.service`, newId()];
	try {
		const { status, stderr } = startService(unit, '--detach', '--bundle', notifying(ready), id);
		assert.equal(status, 0, stderr);
		assert.equal(Number(show(unit, 'MainPID')), pidOf(id));
		assert.equal(show(unit, 'ActiveState'), 'active');
		tsrun('kill', id, 'KILL');
		await until('the service had ended', () => show(unit, 'ActiveState') !== 'active');
	} finally {
		tsrun('delete', '--force', id);
		run('systemctl', ['reset-failed', unit]);
	}
});
