import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** In a mount namespace of its own, in which these commands have changed the host. */
const where = (commands: string): readonly string[] => [
	...['unshare', '--mount', '--propagation', 'private', '--'],
	...['sh', '-euc', `${commands}; exec "$@"`, 'sh'],
];

const readOnlyRun = where('mount -t tmpfs tmpfs /run; mount -o remount,ro /run');
const readOnlySys = where('mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys');
const noCgroups = where('umount -R /sys/fs/cgroup');

describeWith([root, busybox], 'a host that lacks something', () => {
	const { path } = scriptBundle('echo inside');
	const inside = { status: 0, stdout: 'inside\n', stderr: '' };

	describe('a /run that can be written', () => {
		const options = { through: readOnlyRun, root: false } as const;

		test('the error names the place, and what could be done', async () => {
			const { status, stdout, stderr } = await tsrun(['run', '--bundle', path, containerId()], options);
			expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
			expect(stderr).toContain('/run/tsrun');
			expect(stderr).toContain('read-only file system');
		});

		test('verbs that only look say that there is nothing', async () => {
			expect(await tsrun(['list', '--quiet'], options)).toMatchObject({ status: 0, stdout: '', stderr: '' });
			expect(await tsrun(['state', 'nobody'], options)).toMatchObject({
				status: 1,
				stderr: expect.stringContaining('container does not exist'),
			});
		});

		test('with --root elsewhere all is well', async () => {
			expect(await tsrun(['run', '--bundle', path, containerId()], { through: readOnlyRun })).toMatchObject(inside);
		});
	});

	describe('a /proc/sys that can be written', () => {
		test.each([
			['without sysctls', {}],
			['with one, which is written to a procfs of the container', { 'net.ipv4.ip_forward': '1' }],
		])('a container %s', async (_title, sysctl) => {
			const box = scriptBundle('echo inside', (config) => {
				config.linux['sysctl'] = sysctl;
			});
			const result = await tsrun(['run', '--bundle', box.path, containerId()], { through: readOnlySys });
			expect(result).toMatchObject(inside);
		});
	});

	describe('mounted cgroups', () => {
		const withoutMount = (limits: object) =>
			scriptBundle('echo inside', (config) => {
				config.mounts = config.mounts.filter(({ type }) => type !== 'cgroup');
				config.linux['resources'] = limits;
			}).path;

		test('a container that has no limits runs, with a warning of what cannot be held', async () => {
			const result = await tsrun(['run', '--bundle', withoutMount({}), containerId()], { through: noCgroups });
			expect(result).toMatchObject({ status: 0, stdout: 'inside\n' });
			expect(result.stderr).toContain('no cgroup file system is mounted');
		});

		test('one that has some is refused: each is named with its line', async () => {
			const bundle = withoutMount({ pids: { limit: 64 }, memory: { limit: 64 * 1024 * 1024 } });
			const result = await tsrun(['run', '--bundle', bundle, containerId()], { through: noCgroups });
			expect(result).toMatchObject({ status: 1, stdout: '' });
			expect(result.stderr).toMatch(
				/config\.json:\d+:\d+: \/linux\/resources\/pids\/limit: needs the cgroup controller pids/,
			);
			expect(result.stderr).toContain('/linux/resources/memory/limit');
		});

		test('one from before is told of, and not forgotten as long as its cgroup cannot be removed', async () => {
			const id = containerId();
			const sleeping = scriptBundle('sleep 600');
			expect(await tsrun(['run', '--detach', '--bundle', sleeping.path, id])).toMatchObject({ status: 0, stderr: '' });
			const state = await tsrun(['state', id], { through: noCgroups });
			expect(JSON.parse(state.stdout)).toMatchObject({ status: 'running' });
			const deleted = await tsrun(['delete', '--force', id], { through: noCgroups });
			expect(deleted).toMatchObject({ status: 1, stderr: expect.stringContaining('not mounted here') });
			expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0, stderr: '' });
		});
	});
});
