import { statfsSync } from 'node:fs';
import { findBusybox } from './busybox.js';

/** Something a test needs of the machine. */
export interface Requirement {
	/** Printed where the tests are skipped, after "needs". */
	readonly what: string;
	readonly met: () => boolean;
}

export const root: Requirement = { what: 'root', met: () => process.getuid?.() === 0 };
export const busybox: Requirement = { what: 'a static busybox', met: () => findBusybox() !== undefined };
export const cgroup2View: Requirement = { what: 'a machine with cgroup2 alone', met: () => cgroupView() === 'cgroup2' };
export const cgroup1View: Requirement = { what: 'a machine with cgroup v1', met: () => cgroupView() === 'cgroup1' };

/** `describe`, or a skipped one whose title says what the machine lacks. */
export function describeWith(requirements: readonly Requirement[], title: string, body: () => void): void {
	const lacking = requirements.filter(({ met }) => !met()).map(({ what }) => what);
	if (lacking.length === 0) describe(title, body);
	else describe.skip(`${title} (needs ${lacking.join(', ')})`, body);
}

// linux/magic.h
const cgroup2Magic = 0x63677270;

/** What this process sees in /sys/fs/cgroup: the unified hierarchy alone, or v1 controllers (with or without cgroup2 beside them). */
export function cgroupView(): 'cgroup1' | 'cgroup2' {
	return statfsSync('/sys/fs/cgroup').type === cgroup2Magic ? 'cgroup2' : 'cgroup1';
}
