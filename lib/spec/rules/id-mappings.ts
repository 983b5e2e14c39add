import type { Rule, RuleFault } from '../fault.js';
import type { IdMapping, Spec } from '../types.js';

// UID_GID_MAP_MAX_EXTENTS in include/linux/user_namespace.h, since Linux 4.15.
const MOST_ENTRIES = 340;
const LAST_ID = 0xffff_ffff;

const sides = ['containerID', 'hostID'] as const;

/** What the kernel refuses with a bare EINVAL when a map is written (map_write in kernel/user_namespace.c). */
export const soundIdMappings: Rule<Spec> = function* (spec) {
	const { linux } = spec;
	yield* soundMap(linux?.uidMappings, '/linux/uidMappings');
	yield* soundMap(linux?.gidMappings, '/linux/gidMappings');
	for (const [index, mount] of spec.mounts?.entries() ?? []) {
		yield* soundMap(mount.uidMappings, `/mounts/${index}/uidMappings`);
		yield* soundMap(mount.gidMappings, `/mounts/${index}/gidMappings`);
	}
};

function soundMap(map: readonly IdMapping[] | undefined, pointer: string): Iterable<RuleFault> {
	return map === undefined ? [] : mapFaults(map, pointer);
}

function* mapFaults(map: readonly IdMapping[], pointer: string): Iterable<RuleFault> {
	if (map.length > MOST_ENTRIES) {
		yield { pointer, message: `must have at most ${MOST_ENTRIES} entries, found ${map.length}` };
		return;
	}
	for (const [index, entry] of map.entries()) {
		for (const side of sides) {
			if (entry[side] + entry.size > LAST_ID) {
				const message = `must not reach beyond id ${LAST_ID - 1}, found ${entry[side]} and ${entry.size} ids from it`;
				yield { pointer: `${pointer}/${index}/${side}`, message };
			}
			const other = map.findIndex((earlier, position) => position < index && overlap(earlier, entry, side));
			if (other === -1) continue;
			yield { pointer: `${pointer}/${index}/${side}`, message: `maps ids that entry ${other} maps already` };
		}
	}
}

function overlap(a: IdMapping, b: IdMapping, side: (typeof sides)[number]): boolean {
	return a[side] < b[side] + b.size && b[side] < a[side] + a.size;
}
