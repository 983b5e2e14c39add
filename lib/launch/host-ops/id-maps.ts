import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { writeProcessFile } from './attributes.js';

/** The maps of a new user namespace, while init, its first process, waits. */
export async function writeIdMaps(launch: Launch, args: HostOperations['write_id_maps']): Promise<void> {
	const { pid } = launch.process;
	// CVE-2014-8989: setgroups(2) is given up before an unprivileged gid map, or a group that denies could be dropped.
	if (args.setgroups === 'deny') writeProcessFile(pid, 'setgroups', 'deny');
	for (const kind of ['gid', 'uid'] as const) {
		if (!args.helped.includes(kind)) {
			writeProcessFile(pid, `${kind}_map`, args[kind]);
			continue;
		}
		// Few containers need it, and with it comes node:child_process.
		const { mapByProgram } = await import('../map-program.js');
		await mapByProgram(kind, pid, args[kind]);
	}
}
