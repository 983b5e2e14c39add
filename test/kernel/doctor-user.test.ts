import type { DoctorReport, Obstacle } from '../../lib/index.js';
import { program } from '../harness/cli.js';
import { inUserNamespace } from '../harness/namespaces.js';
import {
	type AsUser,
	asUser,
	lentLine,
	mapPrograms,
	readableCheckout,
	userBundle,
	userId,
	userNamespacesForAll,
} from '../harness/ordinary-user.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const needs = [root, busybox, userNamespacesForAll, readableCheckout];

const words = [...program, 'doctor', '--format', 'json'];

function reportOf(command: readonly string[], options: AsUser = {}): DoctorReport {
	const { stdout, stderr } = asUser(command, options);
	expect(stderr).toBe('');
	return JSON.parse(stdout);
}

const told = (report: DoctorReport, layer: Obstacle['layer']) =>
	report.obstacles.filter((obstacle) => obstacle.layer === layer);
const finding = (report: DoctorReport, topic: string, subject: string) =>
	report.findings.find((one) => one.topic === topic && one.subject === subject);

const under = (setting: string) => [...inUserNamespace(setting), ...words];

describeWith([...needs, mapPrograms], 'doctor of an ordinary user, who may be lent ids', () => {
	test('names the missing ids as what is in the way of a container with more users than its root', () => {
		const report = reportOf(words);
		expect(report.obstacles.map(({ layer, evidence }) => `${layer}: ${evidence}`)).toEqual([
			'subids: /etc/subuid: no line for tsrun-test',
			'subids: /etc/subgid: no line for tsrun-test',
		]);
	});

	test('finds those that are lent', () => {
		const report = reportOf(words, { lent: lentLine });
		expect(report.obstacles).toEqual([]);
		expect(finding(report, 'users', '/etc/subgid')).toMatchObject({ status: 'works', found: '700000 to 765535' });
	});

	test('misses newuidmap', () => {
		const report = reportOf(words, { setUp: 'mount --bind /dev/null /usr/bin/newuidmap' });
		expect(finding(report, 'users', 'newuidmap')).toMatchObject({
			status: 'missing',
			remedy: expect.stringContaining('uidmap on Debian'),
		});
		expect(told(report, 'subids').map(({ evidence }) => evidence)).toContain('newuidmap: not installed');
	});
});

describeWith(needs, 'doctor of an ordinary user', () => {
	test('finds no lent ids, and makes a container without them', () => {
		const report = reportOf(words);
		expect(report).toMatchObject({ able: true, uid: userId, inUserNamespace: false });
		expect(finding(report, 'users', '/etc/subuid')).toMatchObject({
			status: 'missing',
			remedy: expect.stringContaining('tsrun-test:100000:65536'),
		});
		expect(finding(report, 'namespaces', 'mount')).toMatchObject({ status: 'limited' });
		expect(finding(report, 'namespaces', 'user')).toMatchObject({ status: 'works' });
	});

	test('names no_new_privs, under which newuidmap gains nothing', () => {
		const report = reportOf(words, { setpriv: ['--no-new-privs'] });
		expect(told(report, 'no_new_privs')).toEqual([
			expect.objectContaining({
				evidence: expect.stringContaining('NoNewPrivs'),
				remedy: expect.stringContaining('NoNewPrivileges=no'),
			}),
		]);
	});

	test('names the sysctl that allows no user namespaces', () => {
		const report = reportOf(under('echo 0 >/proc/sys/user/max_user_namespaces'));
		expect(told(report, 'sysctl')).toEqual([
			expect.objectContaining({
				evidence: 'user.max_user_namespaces is 0',
				remedy: expect.stringContaining('sysctl -w'),
			}),
		]);
		expect(finding(report, 'namespaces', 'user')).toMatchObject({
			status: 'missing',
			found: expect.stringMatching(/ENOSPC/),
		});
	});

	test('and the one that allows no networks: there are containers without one', () => {
		const report = reportOf(under('echo 0 >/proc/sys/user/max_net_namespaces'));
		const containers = report.findings.filter(({ topic }) => topic === 'container');
		expect(containers.map(({ subject, status }) => [subject, status])).toEqual([
			['a container', 'missing'],
			['a rootless container', 'works'],
		]);
		expect(report.able).toBe(true);
		expect(told(report, 'sysctl').map(({ evidence }) => evidence)).toEqual(['user.max_net_namespaces is 0']);
	});

	test('names the sysctl of Ubuntu, and what it lacks is said by a file in its place', () => {
		const name = 'kernel.apparmor_restrict_unprivileged_userns';
		const folder = '/proc/sys/kernel';
		// Kernels of others have no such sysctl, and procfs takes no new file.
		const copy = `for name in cap_last_cap osrelease ngroups_max; do cat ${folder}/$name >/mnt/$name; done`;
		const setUp = `mount -t tmpfs tmpfs /mnt; ${copy}; echo 1 >/mnt/${name.slice('kernel.'.length)}; mount --move /mnt ${folder}`;
		expect(told(reportOf(words, { setUp }), 'sysctl')).toEqual([
			expect.objectContaining({
				forbids: expect.stringContaining('AppArmor'),
				evidence: `${name} is 1`,
				remedy: expect.stringContaining(`sysctl -w ${name}=0`),
			}),
		]);
	});

	test('names chroot, below which there are no user namespaces', () => {
		const folder = '/mnt';
		const report = reportOf(words, {
			setUp: `mount --rbind / ${folder}; mount -t tmpfs tmpfs ${folder}/mnt; exec chroot ${folder} "$@"`,
		});
		expect(told(report, 'chroot')).toEqual([
			expect.objectContaining({ evidence: expect.stringContaining('chroot(2)') }),
		]);
	});
});

describeWith([...needs, mapPrograms], 'doctor about the bundle of an ordinary user', () => {
	test('maps of ids that nobody lends, before anything is made', () => {
		const bundle = userBundle(['true'], (config) => {
			config.linux['uidMappings'] = [
				{ containerID: 0, hostID: userId, size: 1 },
				{ containerID: 1, hostID: 900_000, size: 1000 },
			];
		});
		const { bundle: judged } = reportOf([...words, bundle], { lent: lentLine });
		expect(judged?.faults).toEqual([
			{
				pointer: '/linux/uidMappings/1',
				where: expect.objectContaining({ file: `${bundle}/config.json`, line: expect.any(Number) }),
				message: '/etc/subuid does not lend the ids 900000 to 900999 to tsrun-test',
				hint: 'Add the line tsrun-test:900000:1000 as root, or map what is lent.',
			},
		]);
	});

	test('namespaces without a user namespace', () => {
		const bundle = userBundle(['true'], (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'user');
			delete config.linux['uidMappings'];
			delete config.linux['gidMappings'];
		});
		const { bundle: judged } = reportOf([...words, bundle]);
		expect(judged?.faults).toEqual([
			expect.objectContaining({
				pointer: '/linux/namespaces',
				message: expect.stringMatching(/EPERM/),
				hint: expect.stringContaining('tsrun spec --rootless'),
			}),
		]);
	});
});
