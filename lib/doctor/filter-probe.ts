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
	/** Why the answer is the filter's. */
	readonly seen: string;
	/** How one does without, as the end of a sentence. */
	readonly without?: string;
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
		if (errno === undefined || errno === 'EINVAL') return;
		answers.push({ calls, errno, forbids, seen: 'for flags that the kernel itself calls invalid' });
	};
	note('clone', clone?.errno, 'new namespaces by clone(2), which every container takes');
	note('unshare', unshare?.errno, 'new cgroup and time namespaces by unshare(2)');
	note('mount', openTreeErrno(), 'mounts: open_tree(2), and with it mount(2), fsopen(2) and move_mount(2)');
	// keyctl(2): a session keyring of one's own takes no privilege.
	const keyring = await trial([...processIn([], asker), init('keyring', { name: '_ses.trial', label: '' })]);
	if (keyring?.errno !== 'EPERM') return answers;
	const [seen, without] = ['for what takes no privilege', ', or go without: --no-new-keyring'];
	return [
		...answers,
		{ calls: 'keyctl', errno: 'EPERM', forbids: 'a session keyring of the container’s own', seen, without },
	];
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
