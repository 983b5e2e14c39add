import { TsrunError } from '../errors/index.js';
import type { HostFacts } from '../host/index.js';
import { existsSync } from '../native/files.js';
import type { ContainerRecord } from '../state/index.js';
import type { Engine } from './engine.js';

/**
 * The facts that a plan needs: with what systemd says of itself where it makes the cgroups.
 *
 * @throws TsrunError ERR_DBUS when it cannot be reached
 */
export async function planFacts(engine: Engine): Promise<HostFacts> {
	const facts = engine.facts();
	if (engine.cgroupManager !== 'systemd') return facts;
	using manager = await openSystemd(engine);
	return { ...facts, systemd: await manager.facts() };
}

/**
 * Has systemd end the unit of a container whose processes are gone, and waits until its cgroup has gone as well.
 *
 * @throws TsrunError ERR_DBUS when systemd cannot be reached and the unit is still there
 */
export async function stopUnit(engine: Engine, { cgroup }: ContainerRecord): Promise<void> {
	const { unit, paths } = cgroup;
	if (unit === undefined) return;
	const directory = paths.v1?.['name=systemd'] ?? paths.v2;
	try {
		using manager = await openSystemd(engine);
		await manager.stopUnit(unit);
	} catch (error) {
		// A session that has ended has taken its units along; so does an empty cgroup.
		const gone = directory === undefined || !existsSync(directory);
		if (!gone || !(error instanceof TsrunError) || error.code !== 'ERR_DBUS') throw error;
	}
}

/** The systemd that makes the cgroups of this caller. */
export async function openSystemd(engine: Engine) {
	const [{ SystemdManager }, { managerKind }] = await Promise.all([
		import('../cgroup/systemd/manager.js'),
		import('../cgroup/systemd/bus.js'),
	]);
	return SystemdManager.open(managerKind(engine.facts(), engine.environment), engine.environment);
}
