import { ConfigError } from '../errors/index.js';
import { absolutePath } from '../paths.js';
import type { Spec } from '../spec/types.js';

type Annotated = Pick<Spec, 'annotations'>;

/**
 * Annotations with a meaning, by the names that crun gave them: those that callers use, Podman's `--group-add keep-groups`
 * being the first. Images and pods can bring annotations, so none names a socket of the host, or a file of it but
 * one of /etc/criu (crun's `run.oci.hooks.*` and `run.oci.pidfd_receiver` do), and `features` lists them as not harmless.
 */
const names = {
	keepGroups: 'run.oci.keep_original_groups',
	contextType: 'run.oci.mount_context_type',
	criuConfig: 'org.criu.config',
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

/** What administrators have written for runc holds for us as well. */
const usualCriuConfig = '/etc/criu/runc.conf';

/**
 * The file with options of CRIU that overrule those of the call; undefined for none. It can name a program to run, so the
 * annotation (runc's name) chooses among the administrator's own files alone.
 *
 * @throws ConfigError ERR_CONFIG_INVALID for a file elsewhere
 */
export function criuConfig({ annotations }: Annotated): string | undefined {
	const asked = annotations?.[names.criuConfig];
	if (asked === undefined) return usualCriuConfig;
	if (asked === '' || (asked.startsWith('/etc/criu/') && absolutePath('/', asked) === asked)) return asked || undefined;
	throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', [
		{ pointer: `/annotations/${names.criuConfig}`, message: `${asked} is not a file in /etc/criu` },
	]);
}

/** JSON pointer of the annotation that {@link contextType} reads. */
export const contextTypePointer = `/annotations/${names.contextType}`;
