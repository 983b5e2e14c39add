import type { DBusVariant } from '../../dbus/value.js';

/** A property of a unit as systemd's D-Bus interface has it (org.freedesktop.systemd1(5)). Plain data. */
export interface UnitProperty extends DBusVariant {
	readonly name: string;
}

/** For whom properties are. */
export interface PropertyTarget {
	/** Of systemd. */
	readonly version: number;
	/** cgroup v2. */
	readonly unified: boolean;
}

/** USEC_INFINITY, CGROUP_LIMIT_MAX and CGROUP_WEIGHT_INVALID: no limit, or a weight that is not set. */
export const infinity = 0xffff_ffff_ffff_ffffn;

export function property(name: string, signature: string, value: UnitProperty['value']): UnitProperty {
	return { name, signature, value };
}
