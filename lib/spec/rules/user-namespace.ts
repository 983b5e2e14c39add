import type { Rule } from '../fault.js';
import type { IdMapping, Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

const maps = ['uidMappings', 'gidMappings'] as const;

/** A user namespace that nobody maps ids into has no root, and mappings without one have nothing to act on. */
export const mappingsNeedUserNamespace: Rule<Spec> = function* (spec) {
	const namespace = namespaceOf(spec, 'user');
	for (const map of maps) {
		const mapped = (spec.linux?.[map]?.length ?? 0) > 0;
		if (mapped && namespace === undefined) {
			yield { pointer: `/linux/${map}`, message: 'needs an entry of type user in /linux/namespaces' };
		}
		// A namespace that is joined by path has its mappings already.
		if (!mapped && namespace !== undefined && namespace.path === undefined) {
			yield { pointer: `/linux/${map}`, message: 'is required for a new user namespace' };
		}
	}
};

/** setuid(2) and setgroups(2) answer EINVAL to an id that the user namespace does not map. */
export const processIdsAreMapped: Rule<Spec> = function* (spec) {
	const user = spec.process?.user;
	const namespace = namespaceOf(spec, 'user');
	if (user === undefined || namespace === undefined || namespace.path !== undefined) return;
	const { uidMappings = [], gidMappings = [] } = spec.linux ?? {};
	if (uidMappings.length > 0 && !isMapped(uidMappings, user.uid)) {
		yield { pointer: '/process/user/uid', message: `must be an id that /linux/uidMappings maps, found ${user.uid}` };
	}
	if (gidMappings.length === 0) return;
	if (!isMapped(gidMappings, user.gid)) {
		yield { pointer: '/process/user/gid', message: `must be an id that /linux/gidMappings maps, found ${user.gid}` };
	}
	for (const [index, gid] of user.additionalGids?.entries() ?? []) {
		if (isMapped(gidMappings, gid)) continue;
		const message = `must be an id that /linux/gidMappings maps, found ${gid}`;
		yield { pointer: `/process/user/additionalGids/${index}`, message };
	}
};

function isMapped(map: readonly IdMapping[], id: number): boolean {
	return map.some(({ containerID, size }) => id >= containerID && id - containerID < size);
}
