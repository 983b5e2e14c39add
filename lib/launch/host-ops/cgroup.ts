import { writeFileSync } from 'node:fs';
import { createCgroup, missingDirectories, removeCgroup } from '../../cgroup/directory.js';
import { enterCgroup } from '../../cgroup/processes.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

export async function createCgroups(launch: Launch, { directories }: HostOperations['create_cgroup']): Promise<void> {
	const missing = new Set(directories.flatMap(missingDirectories));
	await launch.context.announce({ cgroups: [...missing] });
	for (const directory of directories) {
		for (const made of createCgroup(directory)) {
			launch.cgroups.push(made);
			launch.context.undo.push(`remove the cgroup ${made}`, () => removeCgroup(made));
		}
	}
}

export function enterCgroups(launch: Launch, { directories }: HostOperations['enter_cgroup']): void {
	for (const directory of directories) {
		if (directory !== launch.enteredByClone) enterCgroup(directory, launch.process.pid);
	}
}

export function writeCgroupFile(_launch: Launch, { file, value, optional }: HostOperations['write_cgroup']): void {
	try {
		writeFileSync(file, value);
	} catch (cause) {
		if (optional === true && errnoOf(cause) === 'ENOENT') return;
		throw systemFailure(`cannot write ${JSON.stringify(value)} to ${file}`, cause, { path: file }, 'ERR_CGROUP');
	}
}
