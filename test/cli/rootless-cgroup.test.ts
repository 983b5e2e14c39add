import { spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSpec } from '../../lib/spec/template.js';
import { program } from '../harness/cli.js';
import { cgroupOf, controller } from '../harness/controllers.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId, scratch } from '../harness/scratch.js';

const uid = 54_321;
const script = 'echo inside; exit 3';

/** Runs a container as a user who has no cgroup of its own to make others in. */
function run(resources: object | undefined): { status: number | null; stdout: string; stderr: string } {
	const [bundle, state] = [scratch('bundle'), scratch('state')];
	makeRootfs(join(bundle, 'rootfs'));
	const config = defaultSpec({ rootless: true, cgroup2: false, uid, gid: uid }) as {
		process: { terminal: boolean; args: string[] };
		mounts: { type: string }[];
		linux: { resources?: object };
	};
	config.process.terminal = false;
	config.process.args = ['sh', '-c', script];
	config.mounts = config.mounts.filter(({ type }) => type !== 'cgroup');
	if (resources !== undefined) config.linux.resources = resources;
	writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
	chownSync(state, uid, uid);
	const [command, ...first] = program;
	const args = [...first, '--root', join(state, 'root'), 'run', '--bundle', bundle, containerId()];
	const env = { PATH: process.env['PATH'] ?? '' };
	return spawnSync(command, args, { uid, gid: uid, env, encoding: 'utf8', timeout: 20_000 });
}

const unprivileged = {
	what: 'user namespaces for everybody',
	met: () => spawnSync('unshare', ['--user', 'true'], { uid, gid: uid }).status === 0,
};
const reachable = {
	what: 'a checkout that every user can read',
	met: () => {
		const path = program.at(-1) ?? '';
		return spawnSync('test', ['-r', path], { uid, gid: uid }).status === 0;
	},
};

describeWith([root, busybox, controller('pids'), unprivileged, reachable], 'without a delegated cgroup', () => {
	test('a container runs in the cgroup of its caller, with the usual device rules', () => {
		expect(run({ devices: [{ allow: false, access: 'rwm' }] })).toMatchObject({
			status: 3,
			stdout: 'inside\n',
			stderr: '',
		});
	});

	test('a limit is refused, with the place in the config and what to do', () => {
		const { status, stdout, stderr } = run({ pids: { limit: 5 } });
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toMatch(/there is no cgroup for it: cannot create the cgroup .*: permission denied/);
		expect(stderr).toContain('/linux/resources/pids/limit');
		expect(stderr).toContain('systemd-run --user --scope -p Delegate=yes');
	});

	test('the user of these tests may really make no cgroup', () => {
		const directory = cgroupOf(process.pid, 'pids');
		expect(() => accessSync(directory, constants.F_OK)).not.toThrow();
		expect(spawnSync('test', ['-w', directory], { uid, gid: uid }).status).not.toBe(0);
	});
});
