import { absolutePath } from '../paths.js';
import type { Mount } from '../spec/types.js';
import { type MountOptions, parseMountOptions } from './mount-options.js';
import type { CreateRequest } from './shape.js';

/** A mount of the config with what follows from its members alone. */
export interface PlannedMount {
	readonly mount: Mount;
	readonly options: MountOptions;
	readonly pointer: string;
	/** It is a bind mount, be it to be made or to be changed. */
	readonly bind: boolean;
	/** Of a bind mount: absolute. */
	readonly source: string;
	/** Its ids are to be mapped. */
	readonly mapped: boolean;
	/** The descriptor of a tree that the host opens or makes; null where init does. */
	readonly tree: string | null;
	/** It is a bind mount of what lies in the container's own root, which init finds there, with the mounts made by then. */
	readonly inside: boolean;
}

export function plannedMounts(
	{ spec, bundle, facts }: CreateRequest,
	rootfs: string,
	inUserNamespace: boolean,
): PlannedMount[] {
	// In another user namespace init may not look into what only the host's root may; without privilege the host half may
	// not clone a mount, and init, of the same user, sees as much.
	const hostOpensSources = inUserNamespace && facts.euid === 0;
	return (spec.mounts ?? []).map((mount, index) => {
		const options = parseMountOptions(mount.options ?? []);
		const bind = options.bind || mount.type === 'bind';
		const source = bind ? absolutePath(bundle, mount.source ?? '') : '';
		const made = bind && !options.remount;
		const inside = made && source.startsWith(`${rootfs}/`);
		const mapped = options.idmap !== 'none' || hasMappings(mount);
		const tree = !inside && (mapped || (made && hostOpensSources)) ? `mount-${index}` : null;
		return { mount, options, pointer: `/mounts/${index}`, bind, source, mapped, tree, inside };
	});
}

/** Whether a mount says itself how its ids are to be mapped. */
export function hasMappings(mount: Mount): boolean {
	return (mount.uidMappings ?? []).length > 0;
}
