import type { DoctorReport, Obstacle } from '../../lib/index.js';
import type { Config } from '../harness/config.js';
import { run } from '../harness/inside.js';
import { largeProfile } from '../harness/large-profile.js';
import { asDocker, nestedBundle, ownCapabilities, privileged } from '../harness/nested.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const everything = (config: Config) => {
	privileged(config, ownCapabilities());
	config.linux['maskedPaths'] = [];
	config.linux['readonlyPaths'] = [];
};

async function doctorIn(edit: (config: Config) => void): Promise<DoctorReport> {
	const { stdout, stderr } = await run(nestedBundle(['doctor', '--format', 'json'], edit), { limit: 30_000 });
	expect(stderr).toBe('');
	return JSON.parse(stdout);
}

const layers = (obstacles: readonly Obstacle[]) => [...new Set(obstacles.map(({ layer }) => layer))].sort();
const told = (report: DoctorReport, layer: Obstacle['layer']) =>
	report.obstacles.filter((obstacle) => obstacle.layer === layer);

describeWith([root, busybox], 'doctor inside of a container names the layer in the way', () => {
	test('of one with all that Docker gives by default: filter, capabilities, cgroups', async () => {
		const report = await doctorIn((config) => {
			asDocker(config);
			config.linux['seccomp'] = largeProfile();
		});
		expect(report.able).toBe(false);
		expect(layers(report.obstacles)).toEqual(['capabilities', 'cgroup', 'seccomp']);
		const [clone, unshare, mount, keyctl] = told(report, 'seccomp');
		expect(clone).toMatchObject({
			evidence: expect.stringMatching(/^clone: EPERM/),
			remedy: expect.stringMatching(/seccomp=/),
		});
		expect(unshare?.evidence).toMatch(/^unshare: EPERM/);
		expect(mount?.evidence).toMatch(/^mount: EPERM/);
		expect(keyctl).toMatchObject({
			evidence: expect.stringMatching(/^keyctl: EPERM/),
			remedy: expect.stringContaining('--no-new-keyring'),
		});
		expect(told(report, 'capabilities').map(({ evidence }) => evidence)).toEqual([
			expect.stringContaining('CAP_SYS_ADMIN is not in CapBnd'),
			expect.stringContaining('CAP_NET_ADMIN is not in CapBnd'),
		]);
		const user = report.findings.find(({ topic, subject }) => topic === 'namespaces' && subject === 'user');
		expect(user).toMatchObject({ status: 'missing', found: 'clone: EPERM' });
	});

	test('the filter alone, where root has everything else', async () => {
		const report = await doctorIn((config) => {
			everything(config);
			config.linux['seccomp'] = largeProfile();
		});
		expect(layers(report.obstacles)).toEqual(['cgroup', 'seccomp']);
	});

	test('a masked and partly read-only /proc, in a user namespace', async () => {
		const report = await doctorIn((config) => {
			privileged(config, ownCapabilities());
			config.linux.namespaces.push({ type: 'user' });
			const map = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
			Object.assign(config.linux, { uidMappings: map, gidMappings: map });
		});
		const [obstacle, ...more] = told(report, 'proc');
		expect(more).toEqual([]);
		expect(obstacle).toMatchObject({
			evidence: expect.stringMatching(/mounted over parts of \/proc: .*\/proc\/(kcore|keys|timer_list|bus|sys)/),
			remedy: expect.stringMatching(/systempaths=unconfined/),
		});
	});

	test('a bounding set without what maps and groups take', async () => {
		const report = await doctorIn((config) => {
			everything(config);
			privileged(
				config,
				ownCapabilities().filter((name) => name !== 'CAP_SETUID' && name !== 'CAP_SETGID'),
			);
		});
		expect(told(report, 'capabilities').map(({ forbids, evidence }) => [forbids, evidence])).toEqual([
			[expect.stringMatching(/uid_map/), expect.stringMatching(/^CAP_SETUID is not in CapBnd/)],
			[expect.stringMatching(/gid_map.*setgroups/), expect.stringMatching(/^CAP_SETGID is not in CapBnd/)],
		]);
	});

	// uid_map is refused then, and not the namespace, which would speak for a chroot(2).
	test('an emptied bounding set, and nothing that is not there', async () => {
		const report = await doctorIn((config) => {
			everything(config);
			privileged(config, []);
		});
		expect(layers(report.obstacles)).toEqual(['capabilities', 'cgroup']);
		expect(told(report, 'capabilities')).toContainEqual(
			expect.objectContaining({
				forbids: expect.stringContaining('root’s own id'),
				evidence: expect.stringContaining('CAP_SETFCAP is not in CapBnd'),
			}),
		);
	});

	test('nothing, where nothing is in the way', async () => {
		const report = await doctorIn((config) => {
			everything(config);
			const cgroups = config.mounts.find(({ destination }) => destination === '/sys/fs/cgroup');
			if (cgroups !== undefined) cgroups.options = ['nosuid', 'noexec', 'nodev', 'rw'];
		});
		expect(report.obstacles).toEqual([]);
		expect(report.findings.filter(({ topic }) => topic === 'container')).toEqual([
			expect.objectContaining({ status: 'works' }),
		]);
		expect(report.able).toBe(true);
	});
});
