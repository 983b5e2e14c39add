import { ownAnnotations } from '../plan/annotations.js';
import { stateSpecVersion } from '../plan/hook-state.js';
import { ownOptions } from '../plan/mount-options.js';
import { hookKinds } from '../plan/stages/hooks.js';
import { capabilityNames } from '../plan/tables/capabilities.js';
import { attributeOptions, inertOptions, propagationOptions, superblockOptions } from '../plan/tables/mount-options.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';
import { memoryPolicyFlags, memoryPolicyModes } from '../plan/tables/scheduling.js';
import { type SeccompSupport, seccompLibraryVersion, seccompSupport } from '../seccomp/support.js';
import { version } from '../version.js';

/**
 * The features document of the runtime-spec (features.md, features-linux.md): what this build performs, on any machine;
 * of the flags of seccomp, also which ones this kernel takes.
 *
 * @throws TsrunError ERR_NATIVE
 */
export function features(): Features {
	const library = seccompLibraryVersion();
	const attributes = [...attributeOptions.keys()];
	return {
		ociVersionMin: '1.0.0',
		ociVersionMax: stateSpecVersion,
		hooks: [...hookKinds],
		mountOptions: [
			...new Set([
				...attributes,
				...attributes.map((name) => `r${name}`),
				...superblockOptions,
				...inertOptions,
				...propagationOptions.keys(),
				...ownOptions,
			]),
		].sort(),
		linux: {
			namespaces: Object.keys(namespaceTypes).sort(),
			capabilities: [...capabilityNames],
			cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
			seccomp: seccompSupport(),
			apparmor: { enabled: true },
			selinux: { enabled: true },
			memoryPolicy: { modes: Object.keys(memoryPolicyModes), flags: Object.keys(memoryPolicyFlags) },
			intelRdt: { enabled: true, schemata: true, monitoring: true },
			mountExtensions: { idmap: { enabled: true } },
			netDevices: { enabled: true },
		},
		annotations: {
			'org.tsrun.version': version,
			// Whether this build can, not whether a CRIU is there: engines know it by runc's name.
			'org.opencontainers.runc.checkpoint.enabled': 'true',
			...(library === undefined ? {} : { 'io.github.seccomp.libseccomp.version': library }),
		},
		potentiallyUnsafeConfigAnnotations: [...ownAnnotations, 'org.systemd.property.'],
	};
}

/** What Linux alone has, in the features document. */
export interface FeaturesLinux {
	/** Kinds of namespaces. */
	readonly namespaces: readonly string[];
	/** Names of capabilities. */
	readonly capabilities: readonly string[];
	/** Which hierarchies and managers of cgroups, and which of their controllers the specification asks after. */
	readonly cgroup: {
		readonly v1: boolean;
		readonly v2: boolean;
		readonly systemd: boolean;
		readonly systemdUser: boolean;
		readonly rdma: boolean;
	};
	/** What profiles can have. */
	readonly seccomp: SeccompSupport;
	/** Profiles of AppArmor. */
	readonly apparmor: { readonly enabled: boolean };
	/** Contexts of SELinux. */
	readonly selinux: { readonly enabled: boolean };
	/** NUMA policies. */
	readonly memoryPolicy: { readonly modes: readonly string[]; readonly flags: readonly string[] };
	/** Intel Resource Director Technology. */
	readonly intelRdt: { readonly enabled: boolean; readonly schemata: boolean; readonly monitoring: boolean };
	/** Mounts with mapped ids. */
	readonly mountExtensions: { readonly idmap: { readonly enabled: boolean } };
	/** Network interfaces that are handed over. */
	readonly netDevices: { readonly enabled: boolean };
}

/** The features document of the runtime-spec. */
export interface Features {
	/** The oldest version of the specification whose configs are taken. */
	readonly ociVersionMin: string;
	/** The newest version of the specification whose configs are taken. */
	readonly ociVersionMax: string;
	/** Kinds of hooks. */
	readonly hooks: readonly string[];
	/** Options of mounts, other than those of file systems. */
	readonly mountOptions: readonly string[];
	/** What Linux alone has (features-linux.md): namespaces, capabilities, cgroups, seccomp and more. */
	readonly linux: FeaturesLinux;
	/** Versions of tsrun and of what it brings. */
	readonly annotations: Readonly<Record<string, string>>;
	/** Annotations of a container that can change what it may do; those that end with a dot are prefixes. */
	readonly potentiallyUnsafeConfigAnnotations: readonly string[];
}
