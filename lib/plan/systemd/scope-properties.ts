import { property, type UnitProperty } from './unit-property.js';

/** Every property that a container's scope is begun with, but for its processes. Limits come later. */
export function scopeProperties(
	id: string,
	slice: string,
	unified: boolean,
	asked: readonly UnitProperty[],
): UnitProperty[] {
	const own = [
		property('Description', 's', `tsrun container ${id}`),
		property('Slice', 's', slice),
		// What is below the unit's cgroup is left to the container (systemd.resource-control(5), "Delegate=").
		property('Delegate', 'b', true),
		property('DefaultDependencies', 'b', false),
		// Else a unit of which a process was killed for want of memory stays, failed, and its name with it (systemd 236).
		property('CollectMode', 's', 'inactive-or-failed'),
		// The controllers are there from the beginning, whether or not a limit follows.
		property('CPUAccounting', 'b', true),
		property('MemoryAccounting', 'b', true),
		property(unified ? 'IOAccounting' : 'BlockIOAccounting', 'b', true),
		property('TasksAccounting', 'b', true),
	];
	const names = new Set(asked.map(({ name }) => name));
	return [...own.filter(({ name }) => !names.has(name)), ...asked];
}
