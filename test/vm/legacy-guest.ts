import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';

/** Whether v1 hierarchies have the unified one beside them. */
export const isHybrid = existsSync('/sys/fs/cgroup/unified/cgroup.procs');

const isLegacy = existsSync('/sys/fs/cgroup/systemd/tasks');
const mode = isHybrid ? 'hybrid' : 'legacy';

/** A test that is skipped in a guest that has cgroup v2 alone: its runner does not heed $QEMU. */
export function legacyTest(
	title: string,
	body: (context: TestContext) => Promise<void> | void,
	needsUnified = false,
): void {
	test(`${mode}: ${title}`, (context) => {
		if (!isLegacy) return context.skip('the guest has not booted with cgroup v1');
		if (needsUnified && !isHybrid) return context.skip('there is no unified hierarchy');
		return body(context);
	});
}
