import { accessLetters, allowsEverything, type DevicePolicy, type PolicyRule } from '../resources/device-policy.js';
import { property, type UnitProperty } from './unit-property.js';

/**
 * Which devices systemd lets the unit use. Beside its rules the container's own hold, and a device has to be allowed by
 * both; systemd's cannot take back a part of what they allow, and so are wider where the container's do.
 */
export function deviceProperties(policy: DevicePolicy, version: number): UnitProperty[] {
	// Numbers in place of names of device groups since systemd 240.
	if (allowsEverything(policy) || policy.allow || version < 240) {
		return [property('DevicePolicy', 's', 'auto'), property('DeviceAllow', 'a(ss)', [])];
	}
	const allowed = policy.rules.filter(({ allow }) => allow);
	return [
		property('DevicePolicy', 's', 'strict'),
		// An empty list takes away what was there before; the list itself is then added.
		property('DeviceAllow', 'a(ss)', []),
		property(
			'DeviceAllow',
			'a(ss)',
			allowed.map((rule) => [deviceName(rule), accessLetters(rule.access)]),
		),
	];
}

function deviceName({ type, major, minor }: PolicyRule): string {
	const group = type === 'b' ? 'block' : 'char';
	// A minor number of every major cannot be said: all of them it is.
	if (major === null) return `${group}-*`;
	return minor === null ? `${group}-${major}` : `/dev/${group}/${major}:${minor}`;
}
