import { readdirSync, statfsSync, statSync } from '../native/files.js';
import {
	errnoOf,
	type IdMapping,
	parseIdMap,
	parseMountInfo,
	readTextFileIfThere,
	systemFailure,
} from '../os/index.js';
import { type CgroupLayout, cgroupLayout, controllersAt } from './cgroup-layout.js';

/** What is true on this machine, as plain data: a plan is computed from it, on this machine or from a file. */
export interface HostFacts {
	readonly euid: number;
	readonly egid: number;
	readonly inUserNamespace: boolean;
	/** The maps of the user namespace we are in; absent in the initial one, where every id is mapped. */
	readonly userNamespaceMaps?: { readonly uid: readonly IdMapping[]; readonly gid: readonly IdMapping[] };
	readonly kernel: KernelVersion;
	readonly cgroup: CgroupLayout;
	/** Gathered only where it is to make the cgroups: it takes a conversation over D-Bus. */
	readonly systemd?: SystemdFacts;
	/** Where resctrl is mounted; absent where it is not. */
	readonly resctrl?: string;
	readonly lsm: { readonly apparmor: boolean; readonly selinux: boolean };
	/** Kinds of namespaces this kernel has, by their names in /proc/self/ns. */
	readonly namespaces: readonly string[];
	/** Number of the highest capability the kernel knows. */
	readonly lastCapability: number;
}

/** The systemd that makes our cgroups. */
export interface SystemdFacts {
	readonly manager: 'system' | 'user';
	readonly version: number;
	/** Its own cgroup, in which its slices are; `/` for that of the system. */
	readonly cgroup: string;
}

export interface KernelVersion {
	/** As uname -r prints it. */
	readonly release: string;
	readonly major: number;
	readonly minor: number;
}

/** PROC_USER_INIT_INO of the kernel's proc_ns.h: the inode of the initial user namespace, the same on each boot. */
const initialUserNamespace = 0xeffffffd;

const maxBytes = 64 * 1024 * 1024;
const read = (path: string): string | undefined => readTextFileIfThere(path, { maxBytes });

type Identity = Pick<HostFacts, 'euid' | 'egid' | 'inUserNamespace'>;

/** What the facts are made from that may be another the next time. */
interface Sources {
	readonly identity: Identity;
	readonly uidMap: string;
	readonly gidMap: string;
	readonly mountInfo: string;
	readonly membership: string;
}

/**
 * Reads the facts from /proc and /sys; nothing is changed, no program is started.
 *
 * @throws TsrunError ERR_SYSTEM when /proc is missing or cannot be read
 */
export function gatherFacts(): HostFacts {
	return factsFrom(readSources());
}

/**
 * {@link gatherFacts} for a program that asks often: it gives the same object as long as nothing has changed, so that
 * what was made from it is known to be right still.
 */
export function steadyFacts(): () => HostFacts {
	let known: { readonly sources: Sources; readonly facts: HostFacts } | undefined;
	return () => {
		const sources = readSources();
		if (known === undefined || !isUnchanged(known, sources)) {
			const facts = factsFrom(sources);
			// Mounts of others come and go on a host with an engine.
			const same = JSON.stringify(known?.facts) === JSON.stringify(facts) ? known?.facts : undefined;
			known = { sources, facts: same ?? facts };
		}
		return known.facts;
	};
}

function isUnchanged({ sources, facts }: { sources: Sources; facts: HostFacts }, now: Sources): boolean {
	const { euid, egid, inUserNamespace } = now.identity;
	const { unified } = facts.cgroup;
	return (
		euid === facts.euid &&
		egid === facts.egid &&
		inUserNamespace === facts.inUserNamespace &&
		now.uidMap === sources.uidMap &&
		now.gidMap === sources.gidMap &&
		now.mountInfo === sources.mountInfo &&
		now.membership === sources.membership &&
		(unified === undefined || controllersAt(unified.mount, read).join(' ') === unified.controllers.join(' '))
	);
}

function readSources(): Sources {
	const identity = gatherIdentity();
	const map = (kind: 'uid' | 'gid') => (identity.inUserNamespace ? (read(`/proc/self/${kind}_map`) ?? '') : '');
	return {
		identity,
		uidMap: map('uid'),
		gidMap: map('gid'),
		mountInfo: read('/proc/self/mountinfo') ?? '',
		membership: read('/proc/self/cgroup') ?? '',
	};
}

function factsFrom({ identity, uidMap, gidMap, mountInfo, membership }: Sources): HostFacts {
	const { apparmor, ...ofKernel } = kernelFacts();
	return {
		...identity,
		...(identity.inUserNamespace ? { userNamespaceMaps: { uid: parseIdMap(uidMap), gid: parseIdMap(gidMap) } } : {}),
		...ofKernel,
		cgroup: cgroupLayout({ mountInfo, membership, fileSystemType, readFile: read }),
		...resctrlMount(mountInfo),
		lsm: {
			apparmor,
			// The security server is there when its file system is mounted (selinux(8)).
			selinux: mountInfo.includes(' - selinuxfs '),
		},
	};
}

type KernelFacts = Pick<HostFacts, 'kernel' | 'namespaces' | 'lastCapability'> & { readonly apparmor: boolean };

let known: KernelFacts | undefined;

/** What stays as it is for as long as the kernel runs: a process that makes many containers reads it once. */
function kernelFacts(): KernelFacts {
	known ??= {
		kernel: parseKernelRelease(kernelRelease()),
		namespaces: namespaceKinds(),
		lastCapability: lastCapability(),
		apparmor: read('/sys/module/apparmor/parameters/enabled')?.startsWith('Y') ?? false,
	};
	return known;
}

/** Few machines have it: only there is the list of mounts looked through. */
function resctrlMount(mountInfo: string): Pick<HostFacts, 'resctrl'> {
	if (!mountInfo.includes(' - resctrl ')) return {};
	const mount = parseMountInfo(mountInfo).find(({ type }) => type === 'resctrl');
	return mount === undefined ? {} : { resctrl: mount.mountPoint };
}

/** The part of the facts that says who we are: all that finding a container takes. */
export function gatherIdentity(): Identity {
	const { geteuid, getegid } = process;
	return { euid: geteuid?.() ?? 0, egid: getegid?.() ?? 0, inUserNamespace: isInUserNamespace() };
}

/**
 * The map of a user namespace may look like the initial one (systemd writes such), so that only the identity of the
 * namespace tells.
 */
function isInUserNamespace(): boolean {
	try {
		return statSync('/proc/self/ns/user').ino !== initialUserNamespace;
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') return false;
		throw systemFailure('cannot tell the user namespace', cause);
	}
}

function fileSystemType(path: string): number | undefined {
	try {
		return statfsSync(path).type;
	} catch (cause) {
		// A mount that mountinfo lists may be hidden by another one, or be below a directory that we may not enter.
		const errno = errnoOf(cause);
		if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EACCES') return undefined;
		throw systemFailure(`cannot tell the file system of ${path}`, cause, { path });
	}
}

function namespaceKinds(): string[] {
	try {
		// pid_for_children and time_for_children are other views of the same kinds.
		return readdirSync('/proc/self/ns').filter((name) => !name.endsWith('_for_children'));
	} catch (cause) {
		throw systemFailure('cannot list the kinds of namespaces', cause);
	}
}

function lastCapability(): number {
	const text = read('/proc/sys/kernel/cap_last_cap');
	// 40 is CAP_CHECKPOINT_RESTORE of Linux 5.9. Containers may have /proc/sys hidden.
	return text === undefined ? 40 : Number.parseInt(text, 10);
}

// Containers may have /proc/sys hidden; node:os, which has uname(2), takes a Bun program four times as long.
function kernelRelease(): string {
	return read('/proc/sys/kernel/osrelease')?.trim() ?? process.getBuiltinModule('node:os').release();
}

/** `6.18.3-amd64` is { major: 6, minor: 18 }. */
export function parseKernelRelease(text: string): KernelVersion {
	const parts = /^(\d+)\.(\d+)/.exec(text);
	return { release: text, major: Number(parts?.[1] ?? 0), minor: Number(parts?.[2] ?? 0) };
}

/** Whether the kernel is of this version or a later one. A distribution's kernel may have the feature earlier. */
export function kernelAtLeast({ kernel }: Pick<HostFacts, 'kernel'>, major: number, minor: number): boolean {
	return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
}
