import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf } from '../harness/answer.js';
import { output } from '../harness/call.js';
import { testConfinement } from '../harness/confinement.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { lendIds } from '../harness/lent-ids.js';
import { everyCapability, onlyTsrun, scenarioWith } from '../harness/runtimes.js';
import { folder } from '../harness/stage.js';
import { containersEnvironment, image, records, withPodman } from './engine.js';

withPodman((podman, runtime) => {
	const leftovers = watchStageOfTests(records);

	testConfinement(podman);

	scenarioWith([everyCapability(runtime)], 'privileged', async () => {
		const script = 'mount -t tmpfs tmpfs /tmp && grep -c " /tmp " /proc/mounts; [ -e /dev/full ] && echo devices';
		expect(await podman.inside(['--privileged'], script)).toBe('1\ndevices');
	});

	test('user namespace: ids, a bind mount, files on its root', async () => {
		const flags = ['--uidmap', '0:100000:65536', '--gidmap', '0:100000:65536'];
		const script = "id -u; awk '{print $1, $2, $3}' /proc/self/uid_map; touch /new; stat -c %u /new";
		expect(await podman.inside(flags, script)).toBe('0\n0 100000 65536\n0');
	});

	test('user namespace: lent by Podman, of another container, of the machine', async () => {
		// Podman lends the ids of this user.
		lendIds('containers', 991, 500_000, 1_000_000);
		const map = "awk '{print $1, $2}' /proc/self/uid_map";
		expect(await podman.inside(['--userns', 'auto:size=4096'], map)).toBe('0 500000');
		await using _box = await podman.start('mapped', ['--userns', 'auto:size=4096']);
		expect(await podman.inside(['--userns', 'container:mapped'], `${map}; id -u`)).toBe('0 500000\n0');
		expect(await podman.inside(['--userns', 'host'], map)).toBe('0 0');
	});

	scenarioWith(
		[onlyTsrun(runtime, 'the page makes the default')],
		'containers.conf: the runtime by default',
		async () => {
			expect(existsSync('/etc/containers/containers.conf')).toBe(true);
			const env = containersEnvironment();
			expect(await output(['podman', 'info', '--format', '{{.Host.OCIRuntime.Name}}'], { env })).toBe('tsrun');
			expect(await output(['podman', 'run', '--rm', '--network', 'none', image, 'echo', 'here'], { env })).toBe('here');
		},
	);

	scenarioWith(
		[onlyTsrun(runtime, 'is said to leave cgroups alone')],
		'--cgroups=disabled: in the cgroup of the caller',
		async () => {
			const own = readFileSync('/proc/self/cgroup', 'utf8');
			const flags = ['--cgroups=disabled', '--cgroupns', 'host', '--network', 'none'];
			expect(await podman.inside(flags, 'cat /proc/self/cgroup')).toBe(own.trimEnd());
			await using _box = await podman.start('uncontrolled', flags);
			expect(await podman.output('exec', 'uncontrolled', 'cat', '/proc/self/cgroup')).toBe(own.trimEnd());
			expect(await podman.output('stop', 'uncontrolled')).toBe('uncontrolled');
			expect(await podman.output('inspect', '--format', '{{.State.ExitCode}}', 'uncontrolled')).toBe('3');
		},
	);

	scenarioWith([onlyTsrun(runtime, 'knows run.oci.keep_original_groups')], '--group-add keep-groups', async () => {
		const caller = ['setpriv', '--groups', '0,4242'];
		expect(await podman.inside(['--group-add', 'keep-groups'], 'id -G', caller)).toBe('0 4242');
		expect(await podman.inside([], 'id -G', caller)).not.toContain('4242');
	});

	test('published ports', async () => {
		const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];
		await using _box = await podman.start('published', ['-p', '127.0.0.1:8081:80'], server);
		expect(await podman.output('port', 'published')).toBe('80/tcp -> 127.0.0.1:8081');
		expect(await answerOf(8081)).toBe('hello\n');
	});

	test('read-only root, tmpfs, device, init, sysctl', async () => {
		expect((await podman.call(['run', '--rm', '--read-only', image, 'touch', '/x'])).status).toBe(1);
		const tmpfs = ['--tmpfs', '/t:size=1m'];
		expect(await podman.inside(tmpfs, 'touch /t/x; grep " /t " /proc/mounts')).toContain('size=1024k');
		expect(await podman.inside(['--device', '/dev/fuse:/dev/renamed'], 'ls -l /dev/renamed | cut -c1')).toBe('c');
		expect(await podman.inside(['--sysctl', 'kernel.msgmax=9000'], 'cat /proc/sys/kernel/msgmax')).toBe('9000');
	});

	test('volumes: bind, read-only, named', async () => {
		const here = folder('bind');
		writeFileSync(join(here, 'file'), 'content\n');
		expect(await podman.inside(['-v', `${here}:/b`], 'cat /b/file; touch /b/new; ls /b')).toBe('content\nfile\nnew');
		expect((await podman.call(['run', '--rm', '-v', `${here}:/b:ro`, image, 'touch', '/b/other'])).status).toBe(1);
		await podman.inside(['-v', 'named:/v'], 'echo kept > /v/file');
		expect(await podman.inside(['-v', 'named:/v:ro'], 'cat /v/file')).toBe('kept');
		await podman.output('volume', 'rm', 'named');
	});

	test('network none, host, bridge, container:NAME', async () => {
		const list = 'ls /sys/class/net | tr "\\n" " "';
		expect(await podman.inside(['--network', 'none'], list)).toBe('lo');
		const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];
		await using _box = await podman.start('server', [], server);
		// The bridge that the container's network is on.
		expect(await podman.inside(['--network', 'host'], list)).toMatch(/\bpodman0\b/);
		const address = await podman.output('inspect', '--format', '{{.NetworkSettings.IPAddress}}', 'server');
		expect(await podman.inside([], `until nc ${address} 80; do :; done`)).toBe('hello');
		const shared = ['--network', 'container:server'];
		expect(await podman.inside(shared, 'until nc 127.0.0.1 80; do :; done')).toBe('hello');
	});

	test('out of memory ends with SIGKILL', async () => {
		const result = await podman.call(['run', '--rm', '-m', '16m', image, 'tail', '/dev/zero']);
		expect(result.status).toBe(137);
		expect(existsSync('oom')).toBe(false);
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
