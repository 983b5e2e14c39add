import { hintFor, type TsrunError } from '../../errors/index.js';
import { namespaceHint } from '../../launch/namespace-hint.js';
import { type NamespaceType, namespaceTypes } from '../../plan/tables/namespaces.js';
import { answerOf, type Examination } from '../examination.js';
import type { Finding } from '../report.js';
import { readSysctl, type Self } from '../self.js';

const costs: Readonly<Record<NamespaceType, string>> = {
	user: 'containers of ordinary users, and containers whose root is nobody outside',
	mount: 'every container with a root file system of its own',
	pid: 'containers that do not see the processes of the host',
	network: 'networks of the containers’ own',
	ipc: 'System V IPC and message queues of the containers’ own',
	uts: 'host names of the containers’ own (hostname, domainname)',
	cgroup: 'containers that do not see the cgroups of the host',
	time: 'linux.timeOffsets',
};

/** Each kind of namespace, by making one. */
export async function namespaceFindings(examination: Examination): Promise<Finding[]> {
	const door = await examination.door();
	const findings: Finding[] = [];
	for (const type of Object.keys(namespaceTypes) as NamespaceType[]) {
		const others = type === 'user' ? [] : door;
		const refusal = await examination.namespaces(...others, type);
		findings.push(refusal === undefined ? made(type, others.length > 0) : refused(type, refusal, examination));
	}
	return findings;
}

function made(type: NamespaceType, inUserNamespace: boolean): Finding {
	const base = { topic: 'namespaces', subject: type } as const;
	if (!inUserNamespace) return { ...base, status: 'works', found: 'made one' };
	return {
		...base,
		status: 'limited',
		found: 'made one in a new user namespace, not without',
		cost: 'config.json has to have an entry of type user in linux.namespaces, with mappings',
		remedy: 'Run as root for containers without a user namespace, or start from "tsrun spec --rootless".',
	};
}

/** Whether a new namespace itself was refused, and not the way into it, as the maps of a user namespace are. */
export function isMaking({ syscall }: TsrunError): boolean {
	return syscall === 'clone' || syscall === 'clone3' || syscall === 'unshare';
}

/** What can be done where no process is to be had in new namespaces. */
export function namespaceRemedy(refusal: TsrunError, { facts }: Self): string | undefined {
	const context = { rootless: facts.euid !== 0 || facts.inUserNamespace, userNamespace: true };
	const operation = isMaking(refusal) ? 'spawn' : 'write_id_maps';
	const { errno = '' } = refusal;
	return namespaceHint(operation, errno, readSysctl) ?? hintFor({ operation, errno, context });
}

function refused(type: NamespaceType, refusal: TsrunError, { self }: Examination): Finding {
	const hint = namespaceRemedy(refusal, self);
	return {
		topic: 'namespaces',
		subject: type,
		status: 'missing',
		found: answerOf(refusal),
		cost: costs[type],
		...(hint === undefined ? {} : { remedy: hint }),
	};
}
