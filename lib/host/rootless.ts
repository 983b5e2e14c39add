import type { HostFacts } from './facts.js';

/** The variables the decisions below look at; of the caller, not of the container. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Identity = Pick<HostFacts, 'euid' | 'inUserNamespace'>;

/**
 * Whether cgroups may be out of our reach, so that a refusal to make one is not an error as long as no limit is asked
 * for. `auto`: we are not root, or root of a user namespace only.
 */
export function isRootless(option: 'auto' | boolean, { euid, inUserNamespace }: Identity): boolean {
	if (option !== 'auto') return option;
	return euid !== 0 || inUserNamespace;
}

export interface StateRoot {
	/** Absolute path. */
	readonly path: string;
	/** The directory gets the sticky bit, which keeps cleaners away from it (XDG Base Directory Specification). */
	readonly sticky: boolean;
}

/**
 * Where containers are remembered when nobody says where: /run/tsrun for root, $XDG_RUNTIME_DIR/tsrun for others.
 * Root of a user namespace counts as another, unless $USER says root: so it is under `unshare -r` in a root shell.
 * Without a runtime directory a user gets a directory in /tmp; the store refuses it when somebody else made it.
 */
export function defaultStateRoot({ euid, inUserNamespace }: Identity, env: Environment): StateRoot {
	const userOwned = euid !== 0 || (inUserNamespace && env['USER'] !== 'root');
	if (!userOwned) return { path: '/run/tsrun', sticky: false };
	const runtimeDirectory = env['XDG_RUNTIME_DIR'];
	// The specification has a relative path ignored.
	if (runtimeDirectory?.startsWith('/')) {
		return { path: `${runtimeDirectory.replace(/\/+$/, '')}/tsrun`, sticky: true };
	}
	return euid === 0 ? { path: '/run/tsrun', sticky: false } : { path: `/tmp/tsrun-${euid}`, sticky: true };
}
