import { readFileSync } from 'node:fs';
import type { DoctorReport, Obstacle } from '../../lib/index.js';
import { capabilityNames } from '../../lib/plan/tables/capabilities.js';
import type { Config } from '../harness/config.js';
import { run } from '../harness/inside.js';
import { largeProfile } from '../harness/large-profile.js';
import { asDocker, nestedBundle, privileged } from '../harness/nested.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** The capabilities of this process: a container cannot have more. */
const own = (() => {
	const hex = /^CapBnd:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
	const bits = BigInt(`0x${hex}`);
	return capabilityNames.filter((_, number) => (bits & (1n << BigInt(number))) !== 0n);
})();

const everything = (config: Config) => {
	privileged(config, own);
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
		const [clone, unshare, mount] = told(report, 'seccomp');
		expect(clone).toMatchObject({
			evidence: expect.stringMatching(/^clone: EPERM/),
			remedy: expect.stringMatching(/seccomp=/),
		});
		expect(unshare?.evidence).toMatch(/^unshare: EPERM/);
		expect(mount?.evidence).toMatch(/^mount: EPERM/);
		expect(told(report, 'capabilities').map(({ evidence }) => evidence)).toEqual([
			expect.stringContaining('CAP_SYS_ADMIN is not in CapBnd'),
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
			privileged(config, own);
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
				own.filter((name) => name !== 'CAP_SETUID' && name !== 'CAP_SETGID'),
			);
		});
		expect(told(report, 'capabilities').map(({ forbids, evidence }) => [forbids, evidence])).toEqual([
			[expect.stringMatching(/uid_map/), expect.stringMatching(/^CAP_SETUID is not in CapBnd/)],
			[expect.stringMatching(/gid_map.*setgroups/), expect.stringMatching(/^CAP_SETGID is not in CapBnd/)],
		]);
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
