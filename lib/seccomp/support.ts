import { type Native, native } from '../native/index.js';
import { seccompActions, seccompArchitectures, seccompFlags, seccompOperators } from '../spec/schema/seccomp.js';

/** `linux.seccomp` of the features document (features-linux.md, "Seccomp"). */
export interface SeccompSupport {
	/** Whether this build has libseccomp. */
	readonly enabled: boolean;
	/** Names of actions. */
	readonly actions?: readonly string[];
	/** Names of comparisons. */
	readonly operators?: readonly string[];
	/** Names of architectures. */
	readonly archs?: readonly string[];
	/** Flags that are understood. */
	readonly knownFlags?: readonly string[];
	/** Flags that this kernel takes. */
	readonly supportedFlags?: readonly string[];
}

// SECCOMP_FILTER_FLAG_*; the last one is refused without NEW_LISTENER (8).
const probes: Readonly<Record<(typeof seccompFlags)[number], number>> = {
	SECCOMP_FILTER_FLAG_TSYNC: 1,
	SECCOMP_FILTER_FLAG_LOG: 2,
	SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
	SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32 | 8,
};

/** What this build understands, and, the one part that depends on the machine, which flags the kernel takes. */
export function seccompSupport(probe: Pick<Native, 'seccompLibrary' | 'seccompKnowsFlags'> = native()): SeccompSupport {
	if (probe.seccompLibrary() === undefined) return { enabled: false };
	return {
		enabled: true,
		actions: [...seccompActions].sort(),
		operators: [...seccompOperators].sort(),
		archs: [...seccompArchitectures].sort(),
		knownFlags: [...seccompFlags].sort(),
		supportedFlags: seccompFlags.filter((flag) => probe.seccompKnowsFlags(probes[flag])).sort(),
	};
}

/** Version of the libseccomp that is linked in, such as 2.5.4; undefined in a build without it. */
export function seccompLibraryVersion(probe: Pick<Native, 'seccompLibrary'> = native()): string | undefined {
	return probe.seccompLibrary()?.version;
}
