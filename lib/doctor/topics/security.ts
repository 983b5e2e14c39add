import { init } from '../../plan/step.js';
import { capabilityNames } from '../../plan/tables/capabilities.js';
import { seccompLibraryVersion, seccompSupport } from '../../seccomp/support.js';
import { answerOf, type Examination } from '../examination.js';
import type { Finding } from '../report.js';
import { has, readFile } from '../self.js';
import { processIn, trial } from '../trial.js';

/** What confines containers, and what confines us. */
export async function securityFindings(examination: Examination): Promise<Finding[]> {
	return [
		await seccomp(examination),
		...filterFlags(),
		apparmor(examination),
		selinux(examination),
		capabilities(examination),
	];
}

/** BPF_RET | BPF_K with SECCOMP_RET_ALLOW: the shortest filter there is. */
const allowAll = Uint8Array.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]);

async function seccomp({ asker }: Examination): Promise<Finding> {
	const base = { topic: 'security', subject: 'seccomp' } as const;
	const cost = 'linux.seccomp is an error';
	const library = seccompLibraryVersion();
	if (library === undefined) {
		const remedy = 'Build the addon where libseccomp and its headers are installed.';
		return { ...base, status: 'missing', found: 'this build has no libseccomp', cost, remedy };
	}
	const load = init('seccomp', { filter: allowAll, flags: 0, notify: 0 });
	const refusal = await trial([...processIn([], asker), init('no_new_privileges', {}), load]);
	if (refusal === undefined) return { ...base, status: 'works', found: `loaded a filter; libseccomp ${library}` };
	const remedy = 'Boot a kernel with CONFIG_SECCOMP_FILTER.';
	return { ...base, status: 'missing', found: answerOf(refusal), cost, remedy };
}

function filterFlags(): Finding[] {
	const { knownFlags = [], supportedFlags = [] } = seccompSupport();
	const lacking = knownFlags.filter((flag) => !supportedFlags.includes(flag));
	if (lacking.length === 0) return [];
	return [
		{
			topic: 'security',
			subject: 'seccomp flags',
			status: 'limited',
			found: `the kernel refuses ${lacking.join(', ')}`,
			cost: 'profiles with these flags are errors',
			remedy: 'Leave the flags out, or boot a newer kernel.',
		},
	];
}

function apparmor({ self: { facts, confinedBy } }: Examination): Finding {
	const base = { topic: 'security', subject: 'AppArmor' } as const;
	if (!facts.lsm.apparmor) {
		return {
			...base,
			status: 'missing',
			found: 'not enabled in this kernel',
			cost: 'process.apparmorProfile is an error',
			remedy: 'Boot with lsm=...,apparmor where the kernel has it; leave the profile out where not.',
		};
	}
	const profiles = readFile('/sys/kernel/security/apparmor/profiles')?.trimEnd().split('\n').length;
	const us = confinedBy?.module === 'apparmor' ? `; we run under ${confinedBy.label}` : '';
	return {
		...base,
		status: 'works',
		found: `${profiles === undefined ? 'enabled' : `${profiles} profiles loaded`}${us}`,
	};
}

function selinux({ self: { facts, confinedBy } }: Examination): Finding {
	const base = { topic: 'security', subject: 'SELinux' } as const;
	if (!facts.lsm.selinux) {
		return {
			...base,
			status: 'missing',
			found: 'not enabled on this machine',
			cost: 'process.selinuxLabel and linux.mountLabel are errors',
			remedy: 'Install a policy and boot with selinux=1; leave the labels out where there is none.',
		};
	}
	const enforcing = readFile('/sys/fs/selinux/enforce')?.trim() === '1';
	const us = confinedBy?.module === 'selinux' ? `; we run as ${confinedBy.label}` : '';
	return { ...base, status: 'works', found: `${enforcing ? 'enforcing' : 'permissive'}${us}` };
}

function capabilities({ self: { bounding, facts } }: Examination): Finding {
	const names = capabilityNames.slice(0, facts.lastCapability + 1);
	const lacking = names.filter((name) => !has(bounding, name));
	const base = { topic: 'security', subject: 'capabilities' } as const;
	if (lacking.length === 0) return { ...base, status: 'works', found: `the bounding set has all ${names.length}` };
	return {
		...base,
		status: 'limited',
		found: `the bounding set has not ${lacking.join(', ')}`,
		cost: 'no container without a user namespace can have these',
		remedy: 'Start the container, session or unit around this program with them; the set cannot be grown later.',
	};
}
