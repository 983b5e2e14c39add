/** What is to be said of a field beside "performed"; a note on a field holds for all below it. */
export const fieldNotes: Readonly<Record<string, string>> = {
	ociVersion: 'checked: 1.x of SemVer',
	annotations: 'kept, and part of every state document; some have a meaning: docs/annotations.md',
	'linux.resources.memory.kernel': 'warned of: kernels have no such limit any more',
	'linux.resources.memory.kernelTCP': 'performed on cgroup v1; warned of on v2, where it counts as memory',
	'linux.resources.memory.useHierarchy': 'as kernels always do; warned of where it is `false`',
	'linux.resources.blockIO.leafWeight': 'performed where kernels have it, before Linux 5.0',
	'linux.resources.blockIO.weightDevice[].leafWeight': 'performed where kernels have it, before Linux 5.0',
	'linux.mountLabel': 'performed; a container with one takes SELinux, which no machine of the tests has',
	'linux.personality.flags': 'refused: the specification defines none',
};

/** Whether a note says that nothing of the field is performed. */
export function isRefused(note: string): boolean {
	return note.startsWith('refused');
}
