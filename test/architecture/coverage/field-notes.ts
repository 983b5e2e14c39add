/** What is to be said of a field beside "performed"; a note on a field holds for all below it. */
export const fieldNotes: Readonly<Record<string, string>> = {
	ociVersion: 'checked: 1.x of SemVer',
	annotations: 'kept, and part of every state document; some have a meaning: docs/annotations.md',
	'linux.personality.flags': 'refused: the specification defines none',
};

/** Whether a note says that nothing of the field is performed. */
export function isRefused(note: string): boolean {
	return note.startsWith('refused');
}
