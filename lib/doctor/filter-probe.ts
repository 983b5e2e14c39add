import { closeSync } from 'node:fs';
import { native } from '../native/index.js';
import { errnoOf } from '../os/index.js';
import { init } from '../plan/step.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';
import { processIn, trial } from './trial.js';

/** A family of system calls that a seccomp filter around us may refuse. */
export interface RefusedCalls {
	readonly calls: string;
	/** What the filter answers. */
	readonly errno: string;
	readonly forbids: string;
}

/** CLONE_FS: with a new user namespace the kernel refuses it before it looks at any privilege (kernel/fork.c). */
const shareFileSystem = 0x200n;
/** Part of the exit signal's byte, which unshare(2) takes no flags from. */
const noFlag = 0x1n;
/** No flag of open_tree(2). */
const noTreeFlag = 0x2000_0000;

/**
 * Finds out which calls a seccomp filter refuses, by calls that the kernel itself answers with EINVAL whoever makes them,
 * because their flags contradict each other: any other answer was given before the kernel looked.
 */
export async function refusedCalls(): Promise<RefusedCalls[]> {
	const asker = { euid: 0, egid: 0 };
	const { flag } = namespaceTypes.user;
	const [clone, unshare] = [
		await trial([...processIn([], asker), init('fork', { flags: flag | shareFileSystem })]),
		await trial([...processIn([], asker), init('unshare', { flags: flag | noFlag })]),
	];
	const answers: RefusedCalls[] = [];
	const note = (calls: string, errno: string | undefined, forbids: string): void => {
		if (errno !== undefined && errno !== 'EINVAL') answers.push({ calls, errno, forbids });
	};
	note('clone', clone?.errno, 'new namespaces by clone(2), which every container takes');
	note('unshare', unshare?.errno, 'new cgroup and time namespaces by unshare(2)');
	note('mount', openTreeErrno(), 'mounts: open_tree(2), and with it mount(2), fsopen(2) and move_mount(2)');
	return answers;
}

function openTreeErrno(): string | undefined {
	try {
		closeSync(native().openTree('/', noTreeFlag));
		return undefined;
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === undefined) throw error;
		return errno;
	}
}
