import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupDirectory, gatherFacts, steadyFacts } from '../../lib/host/index.js';
import { describeWith, root } from '../harness/requirement.js';

describeWith([root], 'facts that are asked for again', () => {
	test('tell of another cgroup that this process has come into', () => {
		const facts = steadyFacts();
		const before = facts();
		const hierarchy = before.cgroup.unified ?? before.cgroup.v1[0];
		if (hierarchy === undefined) throw new Error('no cgroup hierarchy is mounted');
		const own = cgroupDirectory(hierarchy, hierarchy.own);
		const other = join(own, `tsrun-facts-${process.pid}`);
		mkdirSync(other);
		try {
			writeFileSync(join(other, 'cgroup.procs'), String(process.pid));
			const there = facts();
			expect(there).not.toEqual(before);
			expect(there).toEqual(gatherFacts());
			expect(facts()).toBe(there);
		} finally {
			writeFileSync(join(own, 'cgroup.procs'), String(process.pid));
			rmdirSync(other);
		}
		expect(facts()).toEqual(before);
	});
});
