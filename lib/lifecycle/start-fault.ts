import { type SourcePlace, TsrunError } from '../errors/index.js';
import { faultError } from '../launch/fault.js';
import type { Report } from '../launch/message.js';
import { withProgramProblem } from '../launch/program-problem.js';
import type { Plan } from '../plan/plan.js';
import type { Step } from '../plan/step.js';
import { loadBundle } from '../spec/load.js';
import type { ContainerDir, ContainerRecord } from '../state/index.js';

/** The fault that init reported after it was told to start, with its place where the bundle still has the same config.json. */
export async function startFault(dir: ContainerDir, record: ContainerRecord, report: Report): Promise<TsrunError> {
	const { id, rootfs } = record;
	const { first, steps } = record.startSteps;
	const known = steps.map((step) => ({ actor: 'init', ...step })) as unknown as Step[];
	const plan: Plan = { verb: 'create', id, steps: known, warnings: [], cgroup: null };
	const error = withProgramProblem(faultError(plan, { ...report, step: report.step - first }), rootfs);
	return error.with({ containerId: id, where: await placeOf(error.pointer, dir, record) });
}

async function placeOf(
	pointer: string | undefined,
	dir: ContainerDir,
	{ bundle }: ContainerRecord,
): Promise<SourcePlace | undefined> {
	if (pointer === undefined || pointer === '') return undefined;
	try {
		const loaded = await loadBundle(bundle);
		return loaded.text === (await dir.configText()) ? loaded.placeOf(pointer) : undefined;
	} catch (error) {
		// The bundle may be gone, or be another one by now: then there is no place to point at.
		if (error instanceof TsrunError) return undefined;
		throw error;
	}
}
