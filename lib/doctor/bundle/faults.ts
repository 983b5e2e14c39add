import { resolve } from 'node:path';
import { ConfigError, TsrunError } from '../../errors/index.js';
import { Engine, type EngineOptions } from '../../lifecycle/engine.js';
import { planCreate } from '../../lifecycle/plan-create.js';
import { absolutePath } from '../../paths.js';
import { loadBundle } from '../../spec/load.js';
import type { LoadedSpec } from '../../spec/read.js';
import type { Examination } from '../examination.js';
import type { BundleFault, DoctorReport } from '../report.js';
import type { Check } from './inspection.js';
import { kernelFaults } from './kernel.js';
import { pathFaults } from './paths.js';
import { privilegeFaults } from './privileges.js';
import { programFaults } from './program.js';

const checks: readonly Check[] = [pathFaults, programFaults, privilegeFaults, kernelFaults];

/**
 * Everything that `create` of this bundle would trip over here, all at once: what its config.json has wrong, what the plan
 * refuses, and what the machine lacks. Nothing is made of the bundle.
 */
export async function bundleFaults(
	bundle: string,
	configFile: string | undefined,
	examination: Examination,
	options: Omit<EngineOptions, 'store' | 'facts' | 'onWarning'>,
): Promise<NonNullable<DoctorReport['bundle']>> {
	const path = resolve(bundle);
	const loaded = await faultsInstead(() => loadBundle(path, configFile));
	if (Array.isArray(loaded)) return { path, faults: loaded };
	const { spec } = loaded as LoadedSpec;
	const rootfs = absolutePath(path, spec.root.path);
	const faults = await planFaults(path, loaded as LoadedSpec, examination, options);
	for (const check of checks) faults.push(...(await check({ spec, bundle: path, rootfs, examination })));
	return { path, faults: faults.map((fault) => placed(fault, loaded as LoadedSpec)) };
}

async function planFaults(
	path: string,
	loaded: LoadedSpec,
	{ self }: Examination,
	options: Omit<EngineOptions, 'store' | 'facts' | 'onWarning'>,
): Promise<BundleFault[]> {
	const store = (): never => {
		throw new RangeError('a plan takes no store');
	};
	const engine = new Engine({ ...options, store, facts: () => self.facts, onWarning: () => {} });
	const settings = { pivot: true, newKeyring: true, preserved: [], listenDescriptors: 0 };
	const made = await faultsInstead(() => planCreate(engine, 'doctor', path, loaded, settings));
	return Array.isArray(made) ? made : [];
}

async function faultsInstead<T extends object>(attempt: () => Promise<T>): Promise<T | BundleFault[]> {
	try {
		return await attempt();
	} catch (error) {
		if (error instanceof ConfigError) return error.faults.map(({ where, ...fault }) => placedAt(fault, where));
		if (!(error instanceof TsrunError)) throw error;
		const { pointer = '', where, message, hint } = error;
		return [placedAt({ pointer, message, ...(hint === undefined ? {} : { hint }) }, where)];
	}
}

function placed(fault: BundleFault, loaded: LoadedSpec): BundleFault {
	return placedAt(fault, fault.where ?? (fault.pointer === '' ? undefined : loaded.placeOf(fault.pointer)));
}

function placedAt(fault: BundleFault, where: BundleFault['where']): BundleFault {
	return where === undefined ? fault : { ...fault, where };
}
