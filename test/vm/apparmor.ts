import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bundle, type Config, newId, program, refused, run, succeed, tsrun, withContainer } from './guest.js';

const profiles = `
abi <abi/4.0>,
profile tsrun-vm flags=(attach_disconnected, mediate_deleted) {
	file,
	capability,
	signal,
	mount,
	ptrace,
	deny /secret r,
}
profile tsrun-vm-no-userns flags=(attach_disconnected, mediate_deleted) {
	file,
	capability,
	signal,
	mount,
	umount,
	pivot_root,
	ptrace,
	network,
	unix,
}
profile tsrun-vm-other flags=(attach_disconnected, mediate_deleted) {
	file,
	capability,
	signal,
	deny /other r,
}
`;
/** AppArmor 4 and Linux 6.7 mediate user namespaces: this one allows none. */
const withoutUserNamespaces = 'tsrun-vm-no-userns';
const file = join(mkdtempSync(join(tmpdir(), 'tsrun-apparmor-')), 'profiles');

function parser(...args: readonly string[]): void {
	const { status, stderr } = run('apparmor_parser', [...args, file]);
	assert.equal(status, 0, stderr);
}

before(() => {
	writeFileSync(file, profiles);
	parser('--replace', '--skip-cache');
});
after(() => parser('--remove'));

const label = 'cat /proc/self/attr/apparmor/current';

function box(script: string, profile: string | undefined, edit: (config: Config) => void = () => {}): string {
	const path = bundle(script, (config) => {
		if (profile !== undefined) config.process['apparmorProfile'] = profile;
		edit(config);
	});
	for (const name of ['secret', 'other']) writeFileSync(join(path, 'rootfs', name), `${name}\n`);
	return path;
}

for (const noNewPrivileges of [false, true]) {
	const withPrivileges = (config: Config) => {
		config.process['noNewPrivileges'] = noNewPrivileges;
	};
	test(`AppArmor: the program runs in its profile, noNewPrivileges ${noNewPrivileges}`, () => {
		const path = box(`${label}; cat /other; cat /secret 2>&1; true`, 'tsrun-vm', withPrivileges);
		const lines = succeed('run', '--bundle', path, newId()).split('\n');
		assert.deepEqual(lines.slice(0, 2), ['tsrun-vm (enforce)', 'other']);
		assert.match(lines[2] ?? '', /secret.*Permission denied/);
	});
}

test('AppArmor: unconfined', () => {
	assert.equal(succeed('run', '--bundle', box(label, 'unconfined'), newId()), 'unconfined');
	assert.equal(succeed('run', '--bundle', box(label, undefined), newId()), 'unconfined');
});

test('AppArmor: exec, in the profile of the container and in another one', () =>
	withContainer(box('sleep 100', 'tsrun-vm'), (id) => {
		succeed('start', id);
		assert.equal(succeed('exec', id, 'sh', '-c', label), 'tsrun-vm (enforce)');
		assert.match(refused('exec', id, 'cat', '/secret'), /Permission denied/);
		assert.equal(succeed('exec', '--apparmor', 'tsrun-vm-other', id, 'sh', '-c', label), 'tsrun-vm-other (enforce)');
		assert.equal(succeed('exec', '--apparmor', 'tsrun-vm-other', id, 'cat', '/secret'), 'secret');
		assert.match(refused('exec', '--apparmor', 'tsrun-vm-other', id, 'cat', '/other'), /Permission denied/);
		assert.equal(succeed('exec', '--apparmor', 'unconfined', id, 'sh', '-c', label), 'unconfined');
	}));

test('AppArmor: a profile that is not loaded is an error with its place, and leaves nothing', () => {
	const id = newId();
	const path = box('true', 'tsrun-vm-missing');
	const stderr = refused('create', '--bundle', path, id);
	// Podman tells by this path that a label is what was refused.
	assert.match(stderr, /\/proc\/[a-z0-9].+\/attr\/apparmor\/exec/);
	assert.match(stderr, /tsrun-vm-missing/);
	assert.match(stderr, /\/process\/apparmorProfile/);
	assert.ok(stderr.includes('label is not known to this machine: load the profile first'), stderr);
	assert.notEqual(tsrun('state', id).status, 0);
	assert.equal(existsSync(`/sys/fs/cgroup/${id}`), false);
});

test('AppArmor: exec into a profile that is not loaded is one too, and the container goes on', () =>
	withContainer(box('sleep 100', undefined), (id) => {
		succeed('start', id);
		assert.match(refused('exec', '--apparmor', 'tsrun-vm-missing', id, 'true'), /load the profile first/);
		assert.equal(succeed('exec', id, 'sh', '-c', label), 'unconfined');
	}));

// CVE-2019-16884 and CVE-2025-52881: what the image has in place of procfs gets nothing, and the profile holds.
test('AppArmor: files of the image under /proc do not take the label', () => {
	const path = box('sh -c "exit 0"; cat /secret', 'tsrun-vm', (config) => {
		config['mounts'] = (config['mounts'] as { destination: string }[]).filter(
			({ destination }) => destination !== '/proc',
		);
		config.linux['maskedPaths'] = [];
		config.linux['readonlyPaths'] = [];
	});
	for (const name of ['self', 'thread-self']) {
		run('mkdir', ['-p', join(path, 'rootfs/proc', name, 'attr/apparmor')]);
		for (const place of ['attr/exec', 'attr/apparmor/exec']) writeFileSync(join(path, 'rootfs/proc', name, place), '');
	}
	assert.match(refused('run', '--bundle', path, newId()), /secret.*Permission denied/);
});

test('AppArmor: a profile around tsrun that allows no user namespaces is named', () => {
	const path = box('true', undefined, (config) => {
		const map = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
		Object.assign(config.linux, { uidMappings: map, gidMappings: map });
		(config.linux['namespaces'] as object[]).push({ type: 'user' });
	});
	const enter = `printf "exec ${withoutUserNamespaces}" >/proc/self/attr/apparmor/exec && exec "$@"`;
	const { status, stderr } = run('sh', ['-c', enter, 'sh', program, 'run', '--bundle', path, newId()]);
	assert.notEqual(status, 0);
	const phrase = 'The AppArmor profile or SELinux domain of this program forbids user namespaces';
	assert.ok(stderr.includes(phrase), stderr);
});
