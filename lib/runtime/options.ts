import type { Readable, Writable } from 'node:stream';
import type { TimedStep } from '../launch/trace.js';
import type { CgroupManager } from '../lifecycle/engine.js';
import type { Phase } from '../os/phase.js';
import type { PlanWarning } from '../plan/plan.js';
import type { SyscallHandler } from '../seccomp/listener.js';
import type { IntelRdt } from '../spec/types.js';

/** How a {@link Runtime} works; every member has a default. */
export interface RuntimeOptions {
	/** Directory in which containers are remembered. Default: /run/tsrun, for others than root $XDG_RUNTIME_DIR/tsrun. */
	readonly root?: string | undefined;
	/** Who makes cgroups. Default: `cgroupfs`. */
	readonly cgroupManager?: CgroupManager | undefined;
	/** Whether cgroups may be out of reach; `auto` (default) looks at the user and the user namespace. */
	readonly rootless?: boolean | 'auto' | undefined;
	/** The caller's environment: inherited by hooks that have none, read for XDG_RUNTIME_DIR and LISTEN_FDS. Default: process.env. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/**
	 * How many descriptors from 3 on this process was started with. Default: as many as have no close-on-exec flag, which says
	 * nothing under an engine that sets it on all of them (Bun).
	 */
	readonly inheritedDescriptors?: number | undefined;
	/** Told of what does not stop anything: capabilities the kernel lacks, failing poststop hooks. */
	readonly onWarning?: ((warning: PlanWarning) => void) | undefined;
	/**
	 * Told of each step of `create`, `start` and `exec` once it is done: in words who did it, and what; and when. Words about no
	 * single step have no second argument. The init helper measures its steps only if this is given.
	 */
	readonly onStep?: ((words: string, step?: TimedStep) => void) | undefined;
	/** Told of each phase of a call at its end: reading the config, gathering facts, planning and so on, and all of a call. */
	readonly onPhase?: ((phase: Phase) => void) | undefined;
}

/** One standard stream of a container: the caller's own, a new pipe, /dev/null, or a descriptor, given by its number or owner. */
export type StdioOption = 'inherit' | 'pipe' | 'ignore' | number | { readonly fd: number };

/** Either the same for all three, or stdin, stdout and stderr in turn. */
export type Stdio = StdioOption | readonly [StdioOption, StdioOption, StdioOption];

/** What `create`, `run` and `exec` have in common. */
export interface LaunchOptions {
	/** Default `inherit`. Without effect for a process with a terminal, except `pipe`, which asks for {@link Terminal}. */
	readonly stdio?: Stdio | undefined;
	/** Unix socket that is sent the master of the terminal (runc's console-socket protocol). */
	readonly consoleSocket?: string | undefined;
	/** Unix socket that is sent a pidfd of the process. */
	readonly pidfdSocket?: string | undefined;
	/** Written once the process is there; decimal, without a newline. */
	readonly pidFile?: string | undefined;
	/** How many of the caller's descriptors, after stdio and LISTEN_FDS, the process gets. */
	readonly preserveFds?: number | undefined;
	/** `relay`: the terminal of the process is connected to the caller's own. */
	readonly terminal?: 'relay' | undefined;
	/** The caller is about to end while the process lives on. */
	readonly detach?: boolean | undefined;
	/** Stops what is under way, and takes it back. */
	readonly signal?: AbortSignal | undefined;
}

/** How a container is made. */
export interface CreateOptions extends LaunchOptions {
	/** false: MS_MOVE and chroot instead of pivot_root(2), for a root file system on the initial ramdisk. */
	readonly pivot?: boolean | undefined;
	/** false: the container keeps the caller's session keyring. */
	readonly newKeyring?: boolean | undefined;
	/** Hand on the descriptors of LISTEN_FDS, if LISTEN_PID is this process (sd_listen_fds(3)). */
	readonly listenFds?: boolean | undefined;
	/**
	 * Let the program say that it is ready (sd_notify(3)), if somebody waits to hear it: $NOTIFY_SOCKET is set. It finds a
	 * socket of its own at /run/notify; `start` and `run` pass on what is said there.
	 */
	readonly notify?: boolean | undefined;
	/** A file to read in place of config.json of the bundle. */
	readonly configFile?: string | undefined;
	/** Adopt and reap the processes that the container leaves behind. */
	readonly subreaper?: boolean | undefined;
	/**
	 * Answers the system calls that the seccomp profile notifies (SCMP_ACT_NOTIFY), those of `exec` included, in place of
	 * the agent of `listenerPath`. A handler that throws makes the call fail with EPERM. Once the caller's process is gone,
	 * such calls fail with ENOSYS.
	 */
	readonly onSyscall?: SyscallHandler | undefined;
	/** The container stays when its owner is disposed. */
	readonly keep?: boolean | undefined;
}

/** Of {@link Runtime.run}. */
export interface RunOptions extends CreateOptions {
	/** Called when everything is made and the program is about to start. */
	readonly onStarting?: (() => void) | undefined;
}

/** As what another program is run in a container. */
export interface ExecOptions extends LaunchOptions {
	/** Give the process a terminal. */
	readonly tty?: boolean | undefined;
	/** Absolute, inside the container. Default: that of the container's process. */
	readonly cwd?: string | undefined;
	/** Variables by name, or as NAME=VALUE, added to the environment of the container's process. */
	readonly env?: Readonly<Record<string, string>> | readonly string[] | undefined;
	/** Default: that of the container's process. */
	readonly user?:
		| { readonly uid?: number; readonly gid?: number; readonly additionalGids?: readonly number[] }
		| undefined;
	/** Added to the bounding, effective and permitted sets of the container's process. */
	readonly capabilities?: readonly string[] | undefined;
	/** Nothing that is executed gains privileges. Default: as the container's process has it. */
	readonly noNewPrivileges?: boolean | undefined;
	/** SELinux context. Default: that of the container's process. */
	readonly processLabel?: string | undefined;
	/** Name of an AppArmor profile. Default: that of the container's process. */
	readonly apparmor?: string | undefined;
	/** `[controller,...:]path` below the container's cgroup. */
	readonly cgroup?: readonly string[] | undefined;
	/** Run it although the container is paused. */
	readonly ignorePaused?: boolean | undefined;
}

/** Of {@link Container.start}. */
export interface StartOptions extends WaitOptions {
	/**
	 * Of a container that was made with `notify`: pass on that the program is ready. `hand-over` waits for that, or for the
	 * container's end, and makes the container's process the service's main one; `accompany` does it meanwhile, in the
	 * name of the caller's process, until the container ends.
	 */
	readonly notify?: 'hand-over' | 'accompany' | undefined;
}

/** What `update` can change beside linux.resources. */
export interface UpdateOptions {
	/** Lines of the schemata file: `L3:0=ff` and `MB:0=50`. A container that has no group in resctrl gets one. */
	readonly intelRdt?: Pick<IntelRdt, 'l3CacheSchema' | 'memBwSchema'> | undefined;
}

/** How the iterators over what a container uses work. */
export interface SampleOptions {
	/** Time between two samples, above 0. */
	readonly intervalMs?: number | undefined;
	/** Ends the iteration with ERR_ABORTED. */
	readonly signal?: AbortSignal | undefined;
}

/** What most calls that wait take. */
export interface WaitOptions {
	/** Ends the wait, or what is under way, with ERR_ABORTED. */
	readonly signal?: AbortSignal | undefined;
}

/** Of {@link Container.kill}. */
export interface KillOptions {
	/** That the container has stopped already is no error. */
	readonly all?: boolean | undefined;
}

/** Of {@link Container.delete}. */
export interface DeleteOptions {
	/** Also a container that runs, which is killed, and one that is gone already. */
	readonly force?: boolean | undefined;
}

/** Of {@link Runtime.plan}. */
export interface PlanOptions extends CreateOptions {
	/** Id that the container would have. Default: `plan`. */
	readonly id?: string | undefined;
}

/** Our ends of the pipes of a process; null where `stdio` asked for none. */
export interface StdioStreams {
	/** Ends the process's standard input when it ends. */
	readonly stdin: Writable | null;
	/** What the process prints. */
	readonly stdout: Readable | null;
	/** What the process complains of. */
	readonly stderr: Readable | null;
}
