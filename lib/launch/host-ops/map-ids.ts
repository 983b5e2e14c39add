import { native, OwnedFd } from '../../native/index.js';
import { openNamespaceFile, systemFailure } from '../../os/index.js';
import type { IdMapSource } from '../../plan/step.js';

/**
 * Maps the ids of a detached mount.
 *
 * @param what what the error calls it: the path of its source, or what it is
 * @throws TsrunError ERR_STEP_FAILED where its file system cannot, or this process may not
 */
export function mapIds(tree: number, idmap: IdMapSource & { readonly recursive: boolean }, what: string): void {
	using namespace = userNamespaceOf(idmap);
	try {
		native().mountIdmap(tree, namespace.number, idmap.recursive);
	} catch (cause) {
		throw systemFailure(`cannot map the ids of ${what}`, cause, { path: what }, 'ERR_STEP_FAILED');
	}
}

function userNamespaceOf(ids: IdMapSource): OwnedFd {
	if ('namespace' in ids) return openNamespaceFile(ids.namespace);
	return new OwnedFd(native().userNamespace(ids.uid, ids.gid));
}
