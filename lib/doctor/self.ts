import { accessSync, constants } from 'node:fs';
import { gatherFacts, type HostFacts } from '../host/index.js';
import { errnoOf, type MountInfo, readMountInfo, readTextFileIfThere } from '../os/index.js';
import { capabilityNumber } from '../plan/tables/capabilities.js';

const maxBytes = 1024 * 1024;

/** What surrounds this process and may keep it from something, read from its own /proc. */
export interface Self {
	readonly facts: HostFacts;
	readonly mounts: readonly MountInfo[];
	/** Bits of the capability numbers. */
	readonly effective: bigint;
	readonly bounding: bigint;
	readonly noNewPrivileges: boolean;
	/** A seccomp filter is on us. */
	readonly filtered: boolean;
	/** The AppArmor profile or SELinux context we run under; undefined where there is no such module, or none confines us. */
	readonly confinedBy: { readonly module: 'apparmor' | 'selinux'; readonly label: string } | undefined;
}

/** @throws TsrunError ERR_SYSTEM when /proc cannot be read */
export function readSelf(): Self {
	const status = readFile('/proc/self/status') ?? '';
	const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '0';
	const facts = gatherFacts();
	return {
		facts,
		mounts: readMountInfo(),
		effective: BigInt(`0x${field('CapEff')}`),
		bounding: BigInt(`0x${field('CapBnd')}`),
		noNewPrivileges: field('NoNewPrivs') === '1',
		filtered: field('Seccomp') !== '0',
		confinedBy: confinement(facts),
	};
}

function confinement({ lsm }: HostFacts): Self['confinedBy'] {
	const label = (path: string) => readFile(path)?.replaceAll('\0', '').trim() ?? '';
	if (lsm.apparmor) {
		const profile = label('/proc/self/attr/apparmor/current') || label('/proc/self/attr/current');
		if (profile !== '' && !profile.startsWith('unconfined')) return { module: 'apparmor', label: profile };
	}
	if (lsm.selinux) {
		const context = label('/proc/self/attr/current');
		if (context !== '' && !context.includes(':unconfined_t:')) return { module: 'selinux', label: context };
	}
	return undefined;
}

/** Whether a set of capabilities has the one of this name. */
export function has(set: bigint, name: string): boolean {
	const number = capabilityNumber(name);
	return number !== undefined && (set & (1n << BigInt(number))) !== 0n;
}

/** A small text file, or undefined where there is none or it may not be read: in a container half of /proc may be hidden. */
export function readFile(path: string): string | undefined {
	try {
		return readTextFileIfThere(path, { maxBytes });
	} catch (error) {
		// EINVAL: the files of /proc/PID/attr, of a module that is not there.
		if (['EACCES', 'EPERM', 'EINVAL', 'EIO'].includes(errnoOf(error) ?? '')) return undefined;
		throw error;
	}
}

/** The value of a sysctl by its name; undefined where this kernel has none of it. */
export function readSysctl(name: string): string | undefined {
	return readFile(`/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
}

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/run/wrappers/bin'];

/** The path of a program of this machine; not by the caller's PATH, which may be empty (Podman) or somebody else's. */
export function findProgram(name: string): string | undefined {
	return folders.map((folder) => `${folder}/${name}`).find((path) => isExecutable(path));
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
