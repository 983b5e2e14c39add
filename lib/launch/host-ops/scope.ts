import { enableControllers } from '../../cgroup/controllers.js';
import { cgroupProcesses } from '../../cgroup/processes.js';
import { TsrunError } from '../../errors/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { assertNotFrozen, occupiedCgroup } from './cgroup.js';

export async function startScope(launch: Launch, step: HostOperations['start_scope']): Promise<void> {
	const { unit, manager: kind, properties, directory, enable, unified } = step;
	const { context, process } = launch;
	// systemd takes over a cgroup that is there already, as it is.
	assertNotFrozen(directory);
	await context.announce(launch.made);
	const manager = await launch.systemd(kind);
	try {
		await manager.startScope(unit, properties, [process.pid]);
	} catch (cause) {
		// A unit of this name runs already: systemd says that it is loaded, and not why that matters.
		throw occupiedCgroup(directory, cause) ?? cause;
	}
	context.undo.push(`stop the unit ${unit}`, async () => {
		// Init takes no SIGTERM, and systemd would wait for it.
		await process.destroy();
		// The launch's own conversation with systemd is over by now.
		const { SystemdManager } = await import('../../cgroup/systemd/manager.js');
		using again = await SystemdManager.open(kind, context.environment);
		await again.stopUnit(unit);
	});
	if (!cgroupProcesses(directory).includes(process.pid)) {
		const message = `systemd has not put process ${process.pid} in the cgroup ${directory}`;
		throw new TsrunError('ERR_CGROUP', message, { path: directory });
	}
	// It hands on those that it knows; hugetlb and rdma are not among them, and beside v1 none is.
	if (unified !== null) enableControllers(unified, enable);
}

export async function setUnitProperties(
	launch: Launch,
	{ unit, manager, properties }: HostOperations['set_unit_properties'],
): Promise<void> {
	// systemd writes the same values as the step after this one, and when it does so is its own affair.
	const { memoryKills } = await import('./memory-kills.js');
	launch.memoryKills = memoryKills(launch);
	await (await launch.systemd(manager)).setProperties(unit, properties);
}
