import type { DoctorReport, Obstacle } from '../../../lib/index.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { nestedImage } from '../harness/nested-image.js';
import { everyCapability, scenarioWith } from '../harness/runtimes.js';
import { records, withDocker } from './engine.js';

const image = 'tsrun-nested';
const withoutFilter = ['--security-opt', 'seccomp=unconfined'];
/** With nothing of /proc masked as well: all that a container with a user namespace of its own takes. */
const open = [...withoutFilter, '--security-opt', 'systempaths=unconfined'];

const layers = ({ obstacles }: DoctorReport) => [...new Set(obstacles.map(({ layer }) => layer))].sort();
const told = ({ obstacles }: DoctorReport, layer: Obstacle['layer']) =>
	obstacles.filter((obstacle) => obstacle.layer === layer);
const evidence = (report: DoctorReport, layer: Obstacle['layer']) =>
	told(report, layer).map((obstacle) => obstacle.evidence);
const lacked = (report: DoctorReport) =>
	evidence(report, 'capabilities').map((text) => /^(CAP_\w+) is not in CapBnd /.exec(text)?.[1]);

/** Words of a shell that run a container, of the busybox of the image, with these options of tsrun and of its verbs. */
const running = (options: string, spec = '', run = '', edit = '') =>
	`mkdir -p /tmp/b/rootfs; cp -a /bin /tmp/b/rootfs; cd /tmp/b; tsrun spec ${spec}
	sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"id"/; ${edit}' config.json; tsrun ${options} run ${run} inner`;
/** /proc bound, and in the place of the pid namespace one that has nothing to do with it. */
const boundProc =
	's|"type": "proc",|"type": "bind", "options": ["rbind"],|; s|"source": "proc"|"source": "/proc"|; s/"pid"/"time"/';

withDocker((docker, runtime) => {
	beforeAll(async () => {
		await docker.output('import', await nestedImage(), image);
	}, 120_000);
	const leftovers = watchStageOfTests(records);

	const call = (flags: readonly string[], ...words: string[]) =>
		docker.call('run', '--rm', '--runtime', runtime.name, ...flags, image, ...words);
	const doctor = async (flags: readonly string[], ...before: string[]): Promise<DoctorReport> => {
		const { stdout, stderr } = await call(flags, ...before, 'tsrun', 'doctor', '--format', 'json');
		expect(stderr).toBe('');
		return JSON.parse(stdout);
	};

	test('doctor inside: the default profile forbids namespaces and mounts', async () => {
		const report = await doctor([]);
		expect(report.able).toBe(false);
		expect(layers(report)).toEqual(['capabilities', 'cgroup', 'seccomp']);
		expect(evidence(report, 'seccomp').map((text) => text.split(' for ')[0])).toEqual([
			'clone: EPERM',
			'unshare: EPERM',
			'mount: EPERM',
			'keyctl: EPERM',
		]);
		expect(told(report, 'seccomp')[0]?.remedy).toContain('--security-opt seccomp=');
		expect(lacked(report)).toEqual(['CAP_SYS_ADMIN', 'CAP_NET_ADMIN']);
		expect(told(report, 'cgroup')[0]?.remedy).toContain('--cgroup-manager disabled');
		// The error of a container there says who tells.
		const result = await call([], 'sh', '-c', running('--rootless true', '--rootless'));
		expect(result).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('"tsrun doctor" names what is in the way'),
		});
	});

	test('doctor inside: without the filter, the masked /proc', async () => {
		const report = await doctor(withoutFilter);
		expect(report.able).toBe(false);
		expect(layers(report)).toEqual(['capabilities', 'cgroup', 'proc']);
		expect(told(report, 'proc')).toEqual([
			expect.objectContaining({
				evidence: expect.stringMatching(/mounted over parts of \/proc: \/proc\/.*(sys|bus|kcore)/),
				remedy: expect.stringContaining('systempaths=unconfined'),
			}),
		]);
		const words = ['--rootless true', '--rootless', ''] as const;
		const refused = await call(withoutFilter, 'sh', '-c', running(...words));
		expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('otherwise bind /proc') });
		const result = await call(withoutFilter, 'sh', '-c', running(...words, boundProc));
		const warning = expect.stringContaining('no cgroup and no pid namespace of its own');
		expect(result).toEqual({ status: 0, stdout: 'uid=0 gid=0\n', stderr: warning });
	});

	test('doctor inside: with both out of the way there are containers with a user namespace', async () => {
		const report = await doctor(open);
		expect(layers(report)).toEqual(['capabilities', 'cgroup']);
		expect(report.able).toBe(true);
		expect(
			report.findings.filter(({ topic }) => topic === 'container').map(({ status, found }) => [status, found]),
		).toEqual([
			['missing', expect.stringContaining('read-only file system')],
			['works', expect.stringContaining('"tsrun spec --rootless" and --rootless true')],
		]);
		const shown = await call(open, 'tsrun', 'doctor');
		expect(shown).toMatchObject({
			status: 0,
			stdout: expect.stringContaining('can be made here with "tsrun spec --rootless"'),
		});
		const result = await call(open, 'sh', '-c', running('--rootless true', '--rootless'));
		expect(result).toEqual({ status: 0, stdout: 'uid=0 gid=0\n', stderr: '' });
	});

	test('doctor inside: a bounding set that is emptied', async () => {
		const report = await doctor([...withoutFilter, '--cap-drop', 'ALL']);
		expect(report.able).toBe(false);
		expect(layers(report)).toEqual(['capabilities', 'cgroup']);
		expect(lacked(report)).toEqual(
			expect.arrayContaining(['CAP_SYS_ADMIN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_SETFCAP']),
		);
		expect(told(report, 'capabilities').map(({ forbids }) => forbids)).toEqual(
			expect.arrayContaining([expect.stringContaining('uid_map'), expect.stringContaining('setgroups(2)')]),
		);
		expect(told(report, 'capabilities')[0]?.remedy).toContain('--cap-add SYS_ADMIN');
	});

	test('doctor inside: a user whom nobody lends ids', async () => {
		const report = await doctor([...open, '--user', '1000']);
		expect(report).toMatchObject({ uid: 1000, able: true });
		expect(evidence(report, 'subids')).toEqual([
			'newuidmap: not installed',
			'/etc/subuid: no line for user',
			'newgidmap: not installed',
			'/etc/subgid: no line for user',
		]);
		const strict = await doctor([...open, '--user', '1000', '--security-opt', 'no-new-privileges']);
		expect(evidence(strict, 'no_new_privs')).toEqual(['NoNewPrivs in /proc/self/status is 1']);
	});

	test('doctor inside: a limit of no user namespaces', async () => {
		const limit = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"';
		const report = await doctor(open, 'unshare', '-U', '-r', 'sh', '-c', limit, 'sh');
		expect(told(report, 'sysctl')).toEqual([
			expect.objectContaining({
				evidence: 'user.max_user_namespaces is 0',
				remedy: expect.stringContaining('sysctl -w user.max_user_namespaces='),
			}),
		]);
	});

	test('doctor inside: with CAP_SYS_ADMIN the filter lets mounts pass, and neither keyrings nor pivot_root', async () => {
		const flags = ['--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'];
		const report = await doctor(flags);
		expect(lacked(report)).toEqual([]);
		expect(evidence(report, 'seccomp').map((text) => text.split(' for ')[0])).toEqual([
			'keyctl: EPERM',
			'pivot_root: EPERM',
		]);
		const run = async (more = '') => call(flags, 'sh', '-c', running('--cgroup-manager disabled', '', more));
		const failing = (hint: string) => ({ status: 1, stderr: expect.stringContaining(hint) });
		expect(await run()).toMatchObject(failing('go without one by --no-new-keyring'));
		expect(await run('--no-new-keyring')).toMatchObject(failing('have it allowed there, or use --no-pivot'));
		expect(await run('--no-new-keyring --no-pivot')).toEqual({ status: 0, stdout: 'uid=0 gid=0\n', stderr: '' });
	});

	scenarioWith([everyCapability(runtime)], 'doctor inside: nothing, with --privileged', async () => {
		const report = await doctor(['--privileged']);
		expect(report.obstacles).toEqual([]);
		expect(report.able).toBe(true);
		const result = await call(['--privileged'], 'sh', '-c', running(''));
		expect(result).toEqual({ status: 0, stdout: 'uid=0 gid=0\n', stderr: '' });
	});

	test('inside: afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
