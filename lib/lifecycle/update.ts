import { enableControllers } from '../cgroup/controllers.js';
import { LimitJournal } from '../cgroup/journal.js';
import { writeLimits } from '../cgroup/limits.js';
import { systemFailure, UndoStack } from '../os/index.js';
import { compileLimits } from '../plan/resources/compile-limits.js';
import type { LimitTarget } from '../plan/resources/controller-place.js';
import { mergeResources } from '../plan/resources/merge-resources.js';
import { jsonText } from '../spec/json/text.js';
import { readResources } from '../spec/read.js';
import { storedSpec } from '../spec/stored.js';
import type { IntelRdt, Resources } from '../spec/types.js';
import { type ContainerDir, type ContainerRecord, currentStatus } from '../state/index.js';
import type { Engine } from './engine.js';
import { allow } from './transitions.js';
import { UnitChange } from './unit-change.js';

/**
 * Changes limits of a container that is created, running or paused; what `change` leaves out stays as it is, and device
 * rules always do; `intelRdt` says what its group in resctrl is to have. Either all of it holds afterwards, and is remembered, or nothing of it.
 *
 * @throws TsrunError ERR_WRONG_STATUS "container not running"; ERR_CGROUP when the kernel refuses a value: the old ones
 *   are back then, and `also` has those that could not be put back
 * @throws ConfigError ERR_HOST_UNSUPPORTED when this machine lacks what a limit needs
 */
export async function updateContainer(
	engine: Engine,
	dir: ContainerDir,
	change: Resources,
	intelRdt: IntelRdt = {},
): Promise<void> {
	await using _lock = await dir.lock();
	const record = await dir.readRecord();
	allow('update', currentStatus(dir, record), record.id);
	const before = await currentResources(dir, record);
	const whole = mergeResources(before, change);
	const sources = { whole, fresh: false, target: targetOf(engine, record), at: '', file: 'resources' };
	const warn = (message: string, pointer: string) => engine.onWarning({ message, pointer });
	const { groups, controllers } = compileLimits({ ...sources, asked: change, warn });
	const journal = new LimitJournal();
	const undo = new UndoStack();
	using unit = await UnitChange.open(engine, record);
	try {
		const { v2 } = record.cgroup.paths;
		if (v2 !== undefined) enableControllers(v2, controllers);
		for (const { writes } of groups) writeLimits(writes, (write, file) => journal.remember(write, file));
		if (await unit?.apply(before, whole)) {
			const all = compileLimits({ ...sources, asked: whole, warn: () => {} });
			// Whether they may be set has been judged by now.
			for (const { writes } of all.groups) writeLimits(writes.map(({ usage: _, ...write }) => write));
		}
		const resctrl =
			Object.keys(intelRdt).length === 0 ? undefined : await changeResctrl(engine, record, intelRdt, undo);
		await dir.writeRecord({
			...record,
			...(resctrl === undefined ? {} : { resctrl }),
			resources: jsonText(whole),
		});
		undo.commit();
	} catch (cause) {
		const also = [...(await undo.unwind())];
		also.push(...((await unit?.rollBack()) ?? []), ...journal.rollBack());
		throw systemFailure('cannot update the container', cause, { containerId: record.id, also });
	}
}

async function changeResctrl(engine: Engine, record: ContainerRecord, asked: IntelRdt, undo: UndoStack) {
	const { changeSchemata } = await import('./resctrl-change.js');
	return changeSchemata(engine, record, asked, undo);
}

/** linux.resources of a container as they are by now. */
async function currentResources(dir: ContainerDir, { resources }: ContainerRecord): Promise<Resources> {
	if (resources !== undefined) return readResources(resources, 'state.json');
	const spec = await storedSpec(await dir.configText());
	return spec.linux?.resources ?? {};
}

function targetOf(engine: Engine, { cgroup }: ContainerRecord): LimitTarget | null {
	const { v1 = {}, v2 } = cgroup.paths;
	if (v2 === undefined && Object.keys(v1).length === 0) return null;
	return { layout: engine.facts().cgroup, directories: { v1, ...(v2 === undefined ? {} : { unified: v2 }) } };
}
