import { readdirSync } from 'node:fs';
import { cgroupProcesses } from '../cgroup/processes.js';
import { ConfigError, TsrunError } from '../errors/index.js';
import { errnoOf, systemFailure, type UndoStack } from '../os/index.js';
import { schemataLines } from '../plan/stages/resctrl.js';
import { enterGroup, makeGroup, readSchemata, removeGroup, writeSchemata } from '../resctrl/group.js';
import { schemataFaults } from '../spec/rules/intel-rdt.js';
import type { IntelRdt } from '../spec/types.js';
import type { ContainerRecord } from '../state/index.js';
import type { Engine } from './engine.js';

type ResctrlRecord = NonNullable<ContainerRecord['resctrl']>;

/**
 * Gives a container's group in resctrl another schema; a container that has none gets one.
 *
 * @param undo takes what brings the old one back
 * @returns what is to be remembered of the group
 * @throws ConfigError ERR_CONFIG_INVALID; TsrunError ERR_HOST_UNSUPPORTED without resctrl, ERR_STEP_FAILED
 */
export function changeSchemata(
	engine: Engine,
	record: ContainerRecord,
	asked: IntelRdt,
	undo: UndoStack,
): ResctrlRecord {
	const faults = [...schemataFaults(asked, '')];
	if (faults.length > 0) throw new ConfigError('ERR_CONFIG_INVALID', 'intelRdt', faults);
	const group = record.resctrl ?? newGroup(engine, record, undo);
	if (record.resctrl !== undefined) {
		const before = readSchemata(group.directory).trimEnd().split('\n');
		undo.push(`give ${group.directory} its old schema back`, () => writeSchemata(group.directory, before));
	}
	writeSchemata(group.directory, schemataLines(asked));
	return group;
}

function newGroup(engine: Engine, record: ContainerRecord, undo: UndoStack): ResctrlRecord {
	const root = engine.facts().resctrl;
	if (root === undefined) {
		throw new TsrunError('ERR_HOST_UNSUPPORTED', 'no resctrl file system is mounted on this host', {
			containerId: record.id,
		});
	}
	const directory = `${root}/${record.id}`;
	makeGroup(directory);
	undo.push(`remove the resctrl group ${directory}`, () => removeGroup(directory));
	enterAll(directory, record);
	return { root, directory, monitor: null, created: [directory] };
}

/** Every thread, until there is none that was started meanwhile: one of a thread that is in the group is in it. */
function enterAll(directory: string, { cgroup, pid }: ContainerRecord): void {
	const entered = new Set<number>();
	for (;;) {
		const { v2, v1 = {} } = cgroup.paths;
		const pids = [pid, ...[...Object.values(v1), ...(v2 === undefined ? [] : [v2])].flatMap(cgroupProcesses)];
		const left = [...new Set(pids)].flatMap(threadsOf).filter((thread) => !entered.has(thread));
		if (left.length === 0) return;
		for (const thread of left) {
			entered.add(thread);
			enterUnlessGone(directory, thread);
		}
	}
}

function enterUnlessGone(directory: string, thread: number): void {
	try {
		enterGroup(directory, thread);
	} catch (cause) {
		if (errnoOf(cause) !== 'ESRCH') throw cause;
	}
}

function threadsOf(pid: number): number[] {
	try {
		return readdirSync(`/proc/${pid}/task`).map(Number);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') return [];
		throw systemFailure(`cannot read the threads of process ${pid}`, cause);
	}
}
