import type { SourcePlace } from '../errors/index.js';

/** What findings are about. */
export type Topic =
	| 'kernel'
	| 'namespaces'
	| 'users'
	| 'cgroups'
	| 'mounts'
	| 'security'
	| 'network'
	| 'checkpoint'
	| 'limits'
	| 'container';

/**
 * - `works`: it was tried and done, or the machine says so itself.
 * - `limited`: with a restriction that `found` and `cost` tell of.
 * - `missing`: it was tried and refused, or is not there.
 * - `unknown`: neither could be found out.
 */
export type Status = 'works' | 'limited' | 'missing' | 'unknown';

/** One thing that containers use, and how it is on this machine. */
export interface Finding {
	/** What it is about. */
	readonly topic: Topic;
	/** The thing. */
	readonly subject: string;
	/** How it is. */
	readonly status: Status;
	/** What was seen: the answer of the kernel, a version, a file. */
	readonly found: string;
	/** What cannot be had without it. */
	readonly cost?: string;
	/** How to enable it. */
	readonly remedy?: string;
}

/** A layer around this process that keeps it from making containers, named because the errno alone does not tell which it is. */
export interface Obstacle {
	/** What is in the way. */
	readonly layer:
		| 'seccomp'
		| 'apparmor'
		| 'selinux'
		| 'sysctl'
		| 'capabilities'
		| 'no_new_privs'
		| 'proc'
		| 'subids'
		| 'cgroup'
		| 'chroot';
	/** What it forbids, in words. */
	readonly forbids: string;
	/** Where that is seen. */
	readonly evidence: string;
	/** How to get past it. */
	readonly remedy: string;
}

/** Something in a bundle's config.json that would fail on this machine. */
export interface BundleFault {
	/** JSON pointer into config.json; '' for the bundle as a whole. */
	readonly pointer: string;
	/** Its place in the file. */
	readonly where?: SourcePlace | undefined;
	/** What would fail. */
	readonly message: string;
	/** What a person can do about it. */
	readonly hint?: string | undefined;
}

/** What a machine can do. */
export interface DoctorReport {
	/** Version of tsrun. */
	readonly version: string;
	/** As uname -r prints it. */
	readonly kernel: string;
	/** Of the processor, as Node names it. */
	readonly architecture: string;
	/** Effective user id of who asked. */
	readonly uid: number;
	/** In another user namespace than the machine's first one. */
	readonly inUserNamespace: boolean;
	/** Whether a container as `tsrun spec` describes it could be made, or one as `tsrun spec --rootless` does. */
	readonly able: boolean;
	/** One for each thing. */
	readonly findings: readonly Finding[];
	/** What keeps this process from making containers. */
	readonly obstacles: readonly Obstacle[];
	/** Of the bundle that was asked about. */
	readonly bundle?: { readonly path: string; readonly faults: readonly BundleFault[] };
}
