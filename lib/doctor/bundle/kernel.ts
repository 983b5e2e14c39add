import { existsSync } from 'node:fs';
import { TsrunError } from '../../errors/index.js';
import { escapePart } from '../../spec/pointer.js';
import type { BundleFault } from '../report.js';
import type { Inspection } from './inspection.js';

/** What the kernel has to know: the parameters that are set, and the actions and flags of the seccomp profile. */
export async function kernelFaults({ spec }: Inspection): Promise<BundleFault[]> {
	const sysctls = Object.keys(spec.linux?.sysctl ?? {}).flatMap((name) => {
		// Those of a network namespace may come with it alone; the rest is everywhere or nowhere.
		if (name.startsWith('net') || existsSync(`/proc/sys/${name.replaceAll('.', '/')}`)) return [];
		const hint = 'This kernel has no such sysctl, or the module that brings it is not loaded.';
		return [{ pointer: `/linux/sysctl/${escapePart(name)}`, message: `there is no sysctl ${name}`, hint }];
	});
	return [...sysctls, ...(await seccompFaults(spec.linux?.seccomp))];
}

async function seccompFaults(profile: NonNullable<Inspection['spec']['linux']>['seccomp']): Promise<BundleFault[]> {
	if (profile === undefined) return [];
	try {
		const { compileFilter } = await import('../../seccomp/compile.js');
		compileFilter(profile);
		return [];
	} catch (error) {
		if (!(error instanceof TsrunError)) throw error;
		const { pointer = '/linux/seccomp', message, hint } = error;
		return [{ pointer, message, ...(hint === undefined ? {} : { hint }) }];
	}
}
