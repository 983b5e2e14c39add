import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusIn, testConfinement } from '../harness/confinement.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { everyCapability, scenarioWith } from '../harness/runtimes.js';
import { folder } from '../harness/stage.js';
import { records, withDocker } from './engine.js';

withDocker((docker, runtime) => {
	const leftovers = watchStageOfTests(records);

	testConfinement(docker);

	test('out of memory is noticed', async () => {
		const result = await docker.call(
			'run',
			'--name',
			'oom',
			'--runtime',
			runtime.name,
			'-m',
			'16m',
			'tsrun-busybox',
			'tail',
			'/dev/zero',
		);
		expect(result.status).toBe(137);
		expect(await docker.inspect('oom', '.State.OOMKilled')).toBe('true');
		await docker.output('rm', 'oom');
	});

	test('capabilities that Docker grants by default', async () => {
		expect(await statusIn(docker, [], 'CapEff|CapBnd')).toBe('CapBnd: 00000000a80425fb\nCapEff: 00000000a80425fb');
	});

	scenarioWith([everyCapability(runtime)], 'privileged', async () => {
		const shown = await docker.inside(
			['--privileged'],
			'mount -t tmpfs tmpfs /tmp && grep -c " /tmp " /proc/mounts; [ -e /dev/full ] && echo devices',
		);
		expect(shown).toBe('1\ndevices');
	});

	test('seccomp: a profile of one’s own', async () => {
		const file = join(folder('seccomp'), 'profile.json');
		const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' };
		writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }));
		const result = await docker.run(['--security-opt', `seccomp=${file}`], ['mkdir', '/folder']);
		expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('Operation not permitted') });
	});

	test('no new privileges, user, groups, init, oom score', async () => {
		expect(await statusIn(docker, ['--security-opt', 'no-new-privileges'], 'NoNewPrivs')).toBe('NoNewPrivs: 1');
		expect(await docker.inside(['--user', 'user', '--group-add', '55'], 'id -u; id -G')).toBe('1000\n1000 55');
		expect(await docker.inside(['--init'], 'cat /proc/1/comm')).toBe('docker-init');
		expect(await docker.inside(['--oom-score-adj', '500'], 'cat /proc/self/oom_score_adj')).toBe('500');
	});

	test('ulimit, sysctl, shm size', async () => {
		expect(await docker.inside(['--ulimit', 'nofile=99:100'], 'ulimit -Sn; ulimit -Hn')).toBe('99\n100');
		const sysctls = ['--sysctl', 'net.ipv4.ip_forward=0', '--sysctl', 'kernel.msgmax=9000'];
		const read = 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax';
		expect(await docker.inside(sysctls, read)).toBe('0\n9000');
		expect(await docker.inside(['--shm-size', '1m'], 'grep /dev/shm /proc/mounts')).toContain('size=1024k');
	});

	test('read-only root, tmpfs, device, hostname', async () => {
		expect(await docker.run(['--read-only'], ['touch', '/x'])).toMatchObject({ status: 1 });
		expect(
			await docker.inside(['--read-only', '--tmpfs', '/t:size=1m'], 'touch /t/x; grep " /t " /proc/mounts'),
		).toContain('size=1024k');
		expect(await docker.inside(['--device', '/dev/fuse:/dev/renamed'], 'ls -l /dev/renamed | cut -c1')).toBe('c');
		expect(
			await docker.inside(['--hostname', 'other', '--add-host', 'there:1.2.3.4'], 'hostname; grep there /etc/hosts'),
		).toMatch(/^other\n1\.2\.3\.4\s+there$/);
	});

	test('volumes: bind, read-only, named, --volumes-from', async () => {
		const here = folder('bind');
		writeFileSync(join(here, 'file'), 'content\n');
		expect(await docker.inside(['-v', `${here}:/b`], 'cat /b/file; touch /b/new; ls /b')).toBe('content\nfile\nnew');
		expect(await docker.run(['-v', `${here}:/b:ro`], ['touch', '/b/other'])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('Read-only'),
		});
		await docker.inside(['-v', 'named:/v'], 'echo kept > /v/file');
		expect(await docker.inside(['-v', 'named:/v:ro'], 'cat /v/file')).toBe('kept');
		await using box = await docker.start('owner', ['-v', 'named:/v']);
		expect(await docker.inside(['--volumes-from', box.name], 'cat /v/file')).toBe('kept');
		await docker.output('rm', '--force', box.name);
		await docker.output('volume', 'rm', 'named');
	});

	test('a folder bound to a file fails with words that Docker explains', async () => {
		const result = await docker.run(['-v', `${folder('bind')}:/etc/passwd`], ['true']);
		expect(result.status).toBe(125);
		expect(result.stderr).toContain('not a directory');
		expect(result.stderr).toContain('Are you trying to mount a directory onto a file');
	});

	test.each([
		['not in the PATH', ['nosuch'], 127],
		['not there', ['/nosuch'], 127],
		['a folder', ['/etc'], 126],
		['not executable', ['/etc/passwd'], 126],
	])('exit status of a program that is %s', async (_, command, expected) => {
		expect((await docker.run([], command)).status).toBe(expected);
	});

	test('namespaces: of the host, of another container', async () => {
		expect(Number(await docker.inside(['--pid', 'host'], 'ps | grep -c dockerd'))).toBeGreaterThan(0);
		expect(await docker.inside(['--uts', 'host'], 'hostname')).toBe('stage');
		await using box = await docker.start('shared', ['--ipc', 'shareable']);
		const both = ['--pid', `container:${box.name}`, '--ipc', `container:${box.name}`];
		expect(await docker.inside(both, 'cat /proc/1/cmdline')).toContain('trap "echo ended');
	});

	test('cgroup: parent, private namespace', async () => {
		expect(await docker.inside(['--cgroup-parent', '/parent', '--cgroupns', 'host'], 'cat /proc/self/cgroup')).toMatch(
			/:\/parent\/\w+/,
		);
		expect(await docker.inside(['--cgroupns', 'private'], 'cat /proc/self/cgroup')).not.toMatch(/docker/);
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
