import { absolutePath } from '../paths.js';
import type { Mount } from '../spec/types.js';
import { type CreateRequest, rootfsOf } from './shape.js';

/**
 * The request with destinations as the container sees them. Some are written as the host sees them, below the root file
 * system: runc takes that part off, and what was written for it relies on that. Not for /proc, which may not be reached by
 * another name.
 */
export function withDestinationsInside(
	request: CreateRequest,
	warn: (message: string, pointer: string) => void,
): CreateRequest {
	const { spec } = request;
	const rootfs = rootfsOf(request);
	const mounts = spec.mounts ?? [];
	if (rootfs === '/' || !mounts.some((mount) => insideOf(rootfs, mount) !== undefined)) return request;
	return { ...request, spec: { ...spec, mounts: mounts.map(inside) } };

	function inside(mount: Mount, index: number): Mount {
		const destination = insideOf(rootfs, mount);
		if (destination === undefined) return mount;
		const message = `a destination is a path inside of the container: ${mount.destination} is taken as ${destination}`;
		warn(message, `/mounts/${index}/destination`);
		return { ...mount, destination };
	}
}

function insideOf(rootfs: string, { destination }: Mount): string | undefined {
	const path = absolutePath('/', destination);
	if (!path.startsWith(`${rootfs}/`)) return undefined;
	const inside = path.slice(rootfs.length);
	return inside === '/proc' || inside.startsWith('/proc/') ? undefined : inside;
}
