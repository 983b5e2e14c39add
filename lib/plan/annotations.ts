import type { Spec } from '../spec/types.js';

type Annotated = Pick<Spec, 'annotations'>;

/**
 * Annotations with a meaning, by the names that crun gave them: those that callers use, Podman's `--group-add keep-groups`
 * being the first. Images and pods can bring annotations, so none names a file or a socket of the host (crun's
 * `run.oci.hooks.*` and `run.oci.pidfd_receiver` do), and `features` lists them as not harmless.
 */
const names = {
	keepGroups: 'run.oci.keep_original_groups',
	contextType: 'run.oci.mount_context_type',
} as const;

/** Their names, for those that have to know which are not harmless. */
export const ownAnnotations: readonly string[] = Object.values(names);

/** Whether processes keep the supplementary groups of the caller, in place of those of the config. */
export function keepsGroups({ annotations }: Annotated): boolean {
	const value = annotations?.[names.keepGroups];
	return value !== undefined && value !== '0';
}

const contextTypes = ['context', 'fscontext', 'defcontext', 'rootcontext'] as const;

/** The mount option by which a file system gets `linux.mountLabel`; undefined for a word that is none. */
export function contextType({ annotations }: Annotated): (typeof contextTypes)[number] | undefined {
	const asked = annotations?.[names.contextType] ?? 'context';
	return contextTypes.find((type) => type === asked);
}

/** JSON pointer of the annotation that {@link contextType} reads. */
export const contextTypePointer = `/annotations/${names.contextType}`;
