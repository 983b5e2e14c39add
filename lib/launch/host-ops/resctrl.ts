import { TsrunError } from '../../errors/index.js';
import type { HostOperations } from '../../plan/step.js';
import {
	compareSchemata,
	enterGroup,
	groupExists,
	makeGroup,
	removeGroup,
	writeSchemata,
} from '../../resctrl/group.js';
import type { Launch } from '../launch.js';

/** @throws TsrunError ERR_STEP_FAILED */
export async function makeResctrlGroup(launch: Launch, step: HostOperations['make_resctrl_group']): Promise<void> {
	const { directory, monitor, lines, existing, kept } = step;
	const isNew = !groupExists(directory);
	if (isNew && existing === 'required') {
		const message = `there is no resctrl group ${directory}, and nothing is said of what it should have`;
		throw new TsrunError('ERR_STEP_FAILED', message, { path: directory });
	}
	if (!isNew && existing === 'compared') compareSchemata(directory, lines);
	const making = [...(isNew ? [directory] : []), ...(monitor === null ? [] : [monitor])];
	await launch.context.announce({ ...launch.made, resctrl: making });
	for (const group of making) {
		makeGroup(group);
		launch.context.undo.push(`remove the resctrl group ${group}`, () => removeGroup(group));
	}
	// One that has a name is for others as well, and stays.
	launch.resctrl.push(...making.filter((group) => group !== directory || !kept));
	if (lines.length > 0 && (isNew || existing === 'used')) writeSchemata(directory, lines);
}

/** @throws TsrunError ERR_STEP_FAILED */
export function enterResctrlGroup(launch: Launch, { directories }: HostOperations['enter_resctrl_group']): void {
	for (const directory of directories) enterGroup(directory, launch.process.pid);
}
