import { existsSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import {
	cgroupDirectory,
	gatherFacts,
	kernelAtLeast,
	parseKernelRelease,
	steadyFacts,
} from '../../../lib/host/index.js';

test('the facts of this machine agree with what the machine says elsewhere', () => {
	const facts = gatherFacts();
	expect(facts.euid).toBe(process.geteuid?.());
	expect(facts.inUserNamespace).toBe(readlinkSync('/proc/self/ns/user') !== 'user:[4026531837]');
	expect(facts.userNamespaceMaps === undefined).toBe(!facts.inUserNamespace);
	expect(readFileSync('/proc/version', 'utf8')).toContain(facts.kernel.release);
	expect(facts.namespaces).toEqual(expect.arrayContaining(['mnt', 'net', 'pid', 'uts']));
	for (const kind of facts.namespaces) expect(existsSync(`/proc/self/ns/${kind}`)).toBe(true);
	expect(facts.lastCapability).toBeGreaterThanOrEqual(37);
	for (const hierarchy of facts.cgroup.v1) {
		expect(statfsSync(hierarchy.mount).type).toBe(0x27e0eb);
		expect(existsSync(`${cgroupDirectory(hierarchy, hierarchy.own)}/cgroup.procs`)).toBe(true);
	}
	if (facts.cgroup.unified !== undefined) expect(statfsSync(facts.cgroup.unified.mount).type).toBe(0x63677270);
});

test('the facts are plain data', () => {
	const facts = gatherFacts();
	expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
});

test('as long as nothing changes, who asks again gets the same object', () => {
	const facts = steadyFacts();
	const first = facts();
	expect(first).toEqual(gatherFacts());
	expect(facts()).toBe(first);
	expect(facts()).toBe(first);
	expect(steadyFacts()()).not.toBe(first);
});

test('releases of kernels', () => {
	expect(parseKernelRelease('6.18.3-amd64')).toEqual({ release: '6.18.3-amd64', major: 6, minor: 18 });
	expect(parseKernelRelease('5.10')).toMatchObject({ major: 5, minor: 10 });
	expect(parseKernelRelease('odd')).toMatchObject({ major: 0, minor: 0 });
	const kernel = parseKernelRelease('5.10.0');
	expect([
		kernelAtLeast({ kernel }, 5, 10),
		kernelAtLeast({ kernel }, 5, 11),
		kernelAtLeast({ kernel }, 4, 20),
	]).toEqual([true, false, true]);
});
