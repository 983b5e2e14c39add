import { TsrunError } from '../errors/index.js';
import type { CgroupHierarchy } from './cgroup-layout.js';

/**
 * The directory of a cgroup.
 *
 * @param cgroup path as in /proc/PID/cgroup. Below a hierarchy of which a part is mounted, a path outside of that part
 *   is taken as relative to the part, which is how containers inside of containers name their cgroups.
 * @throws TsrunError ERR_CGROUP for a path with `..`: a cgroup outside of our cgroup namespace is not below any mount
 */
export function cgroupDirectory({ mount, root }: Pick<CgroupHierarchy, 'mount' | 'root'>, cgroup: string): string {
	if (cgroup.split('/').includes('..')) {
		throw new TsrunError('ERR_CGROUP', `the cgroup ${cgroup} is outside of what is mounted at ${mount}`, {
			path: mount,
		});
	}
	const below = belowRoot(root, cgroup) ?? cgroup;
	return below === '' || below === '/' ? mount : `${mount}${below.startsWith('/') ? '' : '/'}${below}`;
}

/** `/a/b` below `/a` is `/b`; undefined when it is not below. */
export function belowRoot(root: string, path: string): string | undefined {
	if (root === '/') return path;
	if (path === root) return '/';
	return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}
