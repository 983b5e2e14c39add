import { existsSync } from 'node:fs';
import { readSubordinateIds } from '../../host/index.js';
import { userName } from '../../os/index.js';
import { capabilityNumber } from '../../plan/tables/capabilities.js';
import type { IdMapping } from '../../spec/types.js';
import type { BundleFault } from '../report.js';
import { findProgram, has, readFile } from '../self.js';
import type { Inspection } from './inspection.js';

/** What takes privileges that this process may not have: namespaces, maps, capabilities, limits, labels. */
export async function privilegeFaults(inspection: Inspection): Promise<BundleFault[]> {
	return [
		...(await namespaceFaults(inspection)),
		...mapFaults(inspection),
		...capabilityFaults(inspection),
		...limitFaults(inspection),
		...labelFaults(inspection),
	];
}

async function namespaceFaults({ spec, examination }: Inspection): Promise<BundleFault[]> {
	const entries = spec.linux?.namespaces ?? [];
	const types = entries.filter(({ path }) => path === undefined).map(({ type }) => type);
	const faults = entries.flatMap(({ path }, index) => {
		if (path === undefined || existsSync(path)) return [];
		const hint = 'A namespace is there for as long as a process is in it, or something has its path mounted.';
		return [{ pointer: `/linux/namespaces/${index}/path`, message: `${path} is not there`, hint }];
	});
	// Joined ones have an owner of their own: what may be made beside them is not known before.
	if (types.length === 0 || types.length < entries.length) return faults;
	const refusal = await examination.namespaces(...types);
	if (refusal === undefined) return faults;
	const message = `these namespaces together are refused: ${refusal.syscall}: ${refusal.errno}`;
	const hint =
		types.includes('user') || examination.self.facts.euid === 0
			? 'See what stands in the way among the obstacles of this report.'
			: 'Without privileges they take an entry of type user, with mappings, as "tsrun spec --rootless" writes it.';
	return [...faults, { pointer: '/linux/namespaces', message, hint }];
}

function mapFaults({ spec, examination }: Inspection): BundleFault[] {
	const { facts } = examination.self;
	return (['uid', 'gid'] as const).flatMap((kind) => {
		const mappings = spec.linux?.[`${kind}Mappings`] ?? [];
		if (facts.euid === 0)
			return facts.inUserNamespace ? unmapped(kind, mappings, facts.userNamespaceMaps?.[kind] ?? []) : [];
		const own = kind === 'uid' ? facts.euid : facts.egid;
		if (mappings.every(({ hostID, size }) => hostID === own && size === 1)) return [];
		return lendingFaults(kind, mappings, own, facts.euid);
	});
}

function unmapped(
	kind: 'uid' | 'gid',
	mappings: readonly IdMapping[],
	known: readonly { inside: number; count: number }[],
): BundleFault[] {
	return mappings.flatMap(({ hostID, size }, index) => {
		const covered = known.some(({ inside, count }) => inside <= hostID && hostID + size <= inside + count);
		if (covered) return [];
		const message = `the ids ${hostID} to ${hostID + size - 1} are not all in our own user namespace`;
		const hint = `hostID counts inside of the user namespace around this program: /proc/self/${kind}_map has what it has.`;
		return [{ pointer: `/linux/${kind}Mappings/${index}`, message, hint }];
	});
}

function lendingFaults(kind: 'uid' | 'gid', mappings: readonly IdMapping[], own: number, euid: number): BundleFault[] {
	const pointer = `/linux/${kind}Mappings`;
	if (findProgram(`new${kind}map`) === undefined) {
		const hint =
			'Install the package uidmap (Debian, Ubuntu), shadow-utils (Fedora) or shadow, or map the own id alone.';
		return [{ pointer, message: `new${kind}map is not installed`, hint }];
	}
	const name = userName(euid);
	const lent = readSubordinateIds(kind, { id: euid, ...(name === undefined ? {} : { name }) });
	return mappings.flatMap(({ hostID, size }, index) => {
		const covered = lent.some(({ first, count }) => first <= hostID && hostID + size <= first + count);
		if (covered || (hostID === own && size === 1)) return [];
		const message = `/etc/sub${kind} does not lend the ids ${hostID} to ${hostID + size - 1} to ${name ?? euid}`;
		const hint = `Add the line ${name ?? euid}:${hostID}:${size} as root, or map what is lent.`;
		return [{ pointer: `${pointer}/${index}`, message, hint }];
	});
}

// In a new user namespace its first process has them all.
function capabilityFaults({ spec, examination }: Inspection): BundleFault[] {
	if ((spec.linux?.namespaces ?? []).some(({ type }) => type === 'user')) return [];
	const { bounding } = examination.self;
	const sets = Object.entries(spec.process?.capabilities ?? {});
	return sets.flatMap(([set, names]) =>
		((names ?? []) as readonly string[]).flatMap((name, index) => {
			if (capabilityNumber(name) === undefined || has(bounding, name)) return [];
			const message = `${name} is not in the bounding set of this program`;
			const hint = 'Leave it out, or start the container, session or unit around this program with it.';
			return [{ pointer: `/process/capabilities/${set}/${index}`, message, hint }];
		}),
	);
}

/** The row of /proc/self/limits for each type. */
const rows: Readonly<Record<string, string>> = {
	RLIMIT_AS: 'Max address space',
	RLIMIT_CORE: 'Max core file size',
	RLIMIT_CPU: 'Max cpu time',
	RLIMIT_DATA: 'Max data size',
	RLIMIT_FSIZE: 'Max file size',
	RLIMIT_LOCKS: 'Max file locks',
	RLIMIT_MEMLOCK: 'Max locked memory',
	RLIMIT_MSGQUEUE: 'Max msgqueue size',
	RLIMIT_NICE: 'Max nice priority',
	RLIMIT_NOFILE: 'Max open files',
	RLIMIT_NPROC: 'Max processes',
	RLIMIT_RSS: 'Max resident set',
	RLIMIT_RTPRIO: 'Max realtime priority',
	RLIMIT_RTTIME: 'Max realtime timeout',
	RLIMIT_SIGPENDING: 'Max pending signals',
	RLIMIT_STACK: 'Max stack size',
};

function limitFaults({ spec, examination }: Inspection): BundleFault[] {
	if (has(examination.self.effective, 'CAP_SYS_RESOURCE')) return [];
	const table = readFile('/proc/self/limits') ?? '';
	return (spec.process?.rlimits ?? []).flatMap(({ type, hard }, index) => {
		const own = new RegExp(`^${rows[type]}\\s+\\S+\\s+(\\d+)\\s`, 'm').exec(table)?.[1];
		if (own === undefined || hard <= BigInt(own)) return [];
		const message = `the hard limit ${hard} is above our own, ${own}, and we have no CAP_SYS_RESOURCE`;
		const hint = 'Ask for at most what this program has (ulimit -aH).';
		return [{ pointer: `/process/rlimits/${index}/hard`, message, hint }];
	});
}

function labelFaults({ spec, examination }: Inspection): BundleFault[] {
	const profile = spec.process?.apparmorProfile;
	const loaded = readFile('/sys/kernel/security/apparmor/profiles');
	if (profile === undefined || profile === 'unconfined' || loaded === undefined) return [];
	if (!examination.self.facts.lsm.apparmor || loaded.split('\n').some((line) => line.startsWith(`${profile} (`)))
		return [];
	const hint =
		'Load it first (apparmor_parser), or name another one; /sys/kernel/security/apparmor/profiles lists them.';
	return [{ pointer: '/process/apparmorProfile', message: `the profile ${profile} is not loaded`, hint }];
}
