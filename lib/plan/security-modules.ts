import { type ConfigFault, TsrunError } from '../errors/index.js';
import type { HostFacts } from '../host/facts.js';
import type { Process } from '../spec/types.js';
import type { ProcessPointer } from './stages/process.js';

export const noSelinux = {
	message: 'SELinux is not enabled on this host',
	hint: 'Leave the label out, or boot with selinux=1 and a policy.',
};

/** What a process asks of security modules that this host has not. */
export function* missingOfProcess(
	{ apparmorProfile, selinuxLabel }: Process,
	at: ProcessPointer,
	{ lsm }: HostFacts,
): Generator<ConfigFault> {
	if (apparmorProfile !== undefined && !lsm.apparmor) {
		const hint =
			'Leave the profile out, or boot this kernel with lsm=...,apparmor where it has the module (/sys/kernel/security/lsm).';
		yield { pointer: `${at}/apparmorProfile`, message: 'AppArmor is not enabled on this host', hint };
	}
	if (selinuxLabel !== undefined && !lsm.selinux) yield { pointer: `${at}/selinuxLabel`, ...noSelinux };
}

/**
 * Refuses it for another process of a container.
 *
 * @throws TsrunError ERR_HOST_UNSUPPORTED
 */
export function checkProcess(process: Process, at: ProcessPointer, facts: HostFacts): void {
	for (const { message, ...details } of missingOfProcess(process, at, facts)) {
		throw new TsrunError('ERR_HOST_UNSUPPORTED', message, details);
	}
}
