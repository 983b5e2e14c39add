import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TsrunError } from '../../../lib/errors/index.js';
import { startScope } from '../../../lib/launch/host-ops/scope.js';
import type { Launch } from '../../../lib/launch/launch.js';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'tsrun-scope-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const refusal = new TsrunError('ERR_DBUS', 'cannot start the unit web.scope: it was already loaded');

/** What starting a scope needs of a launch; the class has private members, so nothing but a cast makes another object of it. */
const launch = {
	context: { announce: () => {} },
	process: { pid: 7 },
	made: {},
	systemd: async () => ({ startScope: () => Promise.reject(refusal) }),
} as unknown as Launch;
const step = () => ({
	unit: 'web.scope',
	manager: 'system' as const,
	properties: [],
	directory,
	enable: [],
	unified: null,
});

test('a unit that another container runs in: the words that a cgroup in use has without systemd', async () => {
	writeFileSync(join(directory, 'cgroup.procs'), '41\n42\n');
	await expect(startScope(launch, step())).rejects.toMatchObject({
		code: 'ERR_CGROUP',
		message: "container's cgroup is not empty: 2 process(es) found",
		path: directory,
		cause: refusal,
	});
});

test('a frozen cgroup that systemd would take over is refused before it is asked', async () => {
	writeFileSync(join(directory, 'cgroup.freeze'), '1\n');
	await expect(startScope(launch, step())).rejects.toMatchObject({
		code: 'ERR_CGROUP',
		message: "container's cgroup unexpectedly frozen",
		path: directory,
	});
});

test('any other refusal is told as it is', async () => {
	writeFileSync(join(directory, 'cgroup.procs'), '');
	await expect(startScope(launch, step())).rejects.toBe(refusal);
});
