import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DoctorReport } from '../../lib/index.js';
import { program, run } from './guest.js';

const profile = `
abi <abi/4.0>,
profile tsrun-vm-no-mount flags=(attach_disconnected, mediate_deleted) {
	file,
	capability,
	signal,
	ptrace,
	network,
	unix,
	userns,
	pivot_root,
}
`;
const file = join(mkdtempSync(join(tmpdir(), 'tsrun-doctor-')), 'profile');

function parser(...args: readonly string[]): void {
	const { status, stderr } = run('apparmor_parser', [...args, file]);
	assert.equal(status, 0, stderr);
}

before(() => {
	writeFileSync(file, profile);
	parser('--replace', '--skip-cache');
});
after(() => parser('--remove'));

function doctor(words: readonly string[] = []): DoctorReport {
	const [command = '', ...args] = [...words, program, 'doctor', '--format', 'json'];
	const { stdout, stderr } = run(command, args);
	assert.equal(stderr, '');
	return JSON.parse(stdout);
}

const finding = ({ findings }: DoctorReport, subject: string) => findings.find((one) => one.subject === subject);

test('doctor: a machine with systemd and cgroup v2 has all that containers take', () => {
	const report = doctor();
	assert.equal(report.able, true);
	assert.deepEqual(report.obstacles, []);
	assert.equal(finding(report, 'layout')?.found, 'cgroup v2');
	assert.equal(finding(report, 'systemd')?.status, 'works');
	assert.match(finding(report, 'AppArmor')?.found ?? '', /^\d+ profiles loaded$/);
	for (const name of ['cpu', 'memory', 'pids', 'io', 'cpuset']) {
		assert.equal(finding(report, `controller ${name}`)?.status, 'works', name);
	}
});

test('doctor: a profile of AppArmor that forbids mounts is named', () => {
	const enter = 'printf "exec tsrun-vm-no-mount" >/proc/self/attr/apparmor/exec && exec "$@"';
	const report = doctor(['sh', '-c', enter, 'sh']);
	assert.equal(report.able, false);
	assert.deepEqual(
		report.obstacles.map(({ layer, evidence }) => [layer, evidence]),
		[['apparmor', 'EACCES under tsrun-vm-no-mount (enforce)']],
	);
	assert.match(finding(report, 'AppArmor')?.found ?? '', /we run under tsrun-vm-no-mount/);
});
