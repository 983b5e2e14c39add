import type { Mount } from '../../spec/types.js';
import type { MountOptions } from '../mount-options.js';
import { hasMappings } from '../planned-mount.js';
import type { Shape } from '../shape.js';
import type { IdMapSource } from '../step.js';
import { mapLines } from './namespaces.js';

/** Where the mappings come from: the mount, else the container. */
export function idMapOf(
	{ spec, joined }: Shape,
	mount: Mount,
	options: MountOptions,
): IdMapSource & { readonly recursive: boolean } {
	const recursive = options.idmap === 'recursive';
	const { uidMappings = [], gidMappings = [] } = hasMappings(mount) ? mount : (spec.linux ?? {});
	// The mappings of a namespace that was made by somebody else are not in the config: the namespace itself has them.
	const namespace = joined.get('user');
	if (namespace !== undefined && uidMappings.length === 0) return { namespace: namespace.path, recursive };
	return { uid: mapLines(uidMappings), gid: mapLines(gidMappings), recursive };
}
