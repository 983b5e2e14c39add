import { type SpecChange, withProcess } from './change.js';

/** Names of capabilities (capabilities(7)). */
export type Capability =
	| 'CAP_CHOWN'
	| 'CAP_DAC_OVERRIDE'
	| 'CAP_DAC_READ_SEARCH'
	| 'CAP_FOWNER'
	| 'CAP_FSETID'
	| 'CAP_KILL'
	| 'CAP_SETGID'
	| 'CAP_SETUID'
	| 'CAP_SETPCAP'
	| 'CAP_LINUX_IMMUTABLE'
	| 'CAP_NET_BIND_SERVICE'
	| 'CAP_NET_BROADCAST'
	| 'CAP_NET_ADMIN'
	| 'CAP_NET_RAW'
	| 'CAP_IPC_LOCK'
	| 'CAP_IPC_OWNER'
	| 'CAP_SYS_MODULE'
	| 'CAP_SYS_RAWIO'
	| 'CAP_SYS_CHROOT'
	| 'CAP_SYS_PTRACE'
	| 'CAP_SYS_PACCT'
	| 'CAP_SYS_ADMIN'
	| 'CAP_SYS_BOOT'
	| 'CAP_SYS_NICE'
	| 'CAP_SYS_RESOURCE'
	| 'CAP_SYS_TIME'
	| 'CAP_SYS_TTY_CONFIG'
	| 'CAP_MKNOD'
	| 'CAP_LEASE'
	| 'CAP_AUDIT_WRITE'
	| 'CAP_AUDIT_CONTROL'
	| 'CAP_SETFCAP'
	| 'CAP_MAC_OVERRIDE'
	| 'CAP_MAC_ADMIN'
	| 'CAP_SYSLOG'
	| 'CAP_WAKE_ALARM'
	| 'CAP_BLOCK_SUSPEND'
	| 'CAP_AUDIT_READ'
	| 'CAP_PERFMON'
	| 'CAP_BPF'
	| 'CAP_CHECKPOINT_RESTORE';

/** Exactly these capabilities; none of them is inheritable or ambient. */
export function capabilities(...names: readonly Capability[]): SpecChange {
	return changed(() => names);
}

/** These capabilities as well. */
export function addCapabilities(...names: readonly Capability[]): SpecChange {
	return changed((old) => [...new Set([...old, ...names])]);
}

/** Not these capabilities. */
export function dropCapabilities(...names: readonly Capability[]): SpecChange {
	const dropped = new Set<string>(names);
	return changed((old) => old.filter((name) => !dropped.has(name)));
}

function changed(change: (names: readonly string[]) => readonly string[]): SpecChange {
	return (spec) =>
		withProcess(spec, ({ capabilities: sets = {} }) => ({
			capabilities: {
				bounding: [...change(sets.bounding ?? [])],
				effective: [...change(sets.effective ?? [])],
				permitted: [...change(sets.permitted ?? [])],
			},
		}));
}
