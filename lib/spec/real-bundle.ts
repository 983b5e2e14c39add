import { systemFailure } from '../os/index.js';
import { isAbsolute } from '../paths.js';
import type { Spec } from './types.js';

/**
 * The bundle, without symbolic links when a path of its config leads up and out of it: then what is above it is what its path
 * says, and `..` resolved by words leads where the kernel goes. runc and crun enter the bundle for the same end.
 *
 * @throws TsrunError ERR_BUNDLE when there is no such directory, which a config from elsewhere does not need to say
 */
export async function realBundle(bundle: string, { root, mounts }: Spec): Promise<string> {
	if (!climbs(root.path) && mounts?.some(({ source }) => source !== undefined && climbs(source)) !== true)
		return bundle;
	const { realpathSync } = await import('node:fs');
	try {
		return realpathSync(bundle);
	} catch (cause) {
		throw systemFailure(`cannot use the bundle ${bundle}`, cause, { path: bundle }, 'ERR_BUNDLE');
	}
}

function climbs(path: string): boolean {
	return path.includes('..') && !isAbsolute(path) && path.split('/').includes('..');
}
