import type { Linux, Process } from '../../spec/types.js';
import { bitWords, parseCpuList } from '../number-list.js';
import { barriers, host, init, type ResourceLimit, type Step } from '../step.js';
import { capabilityNumber } from '../tables/capabilities.js';
import { chdirAttempts, identityFlags } from '../tables/operation-flags.js';
import { rlimitNumbers } from '../tables/rlimits.js';
import {
	ioPriorityClasses,
	memoryPolicyFlags,
	memoryPolicyModes,
	personalities,
	schedulerFlags,
	schedulerPolicies,
} from '../tables/scheduling.js';

/** Where the members of a process object are: `/process` in a config.json, '' in a process.json. */
export type ProcessPointer = '/process' | '';

/** Numbers of kernel tables that a plan is made with. */
export interface ProcessSurroundings {
	readonly lastCapability: number;
	/** The caller's supplementary groups stay, whatever the user has. */
	readonly keepsGroups: boolean;
	readonly warn: (message: string, pointer: string) => void;
}

/** How the kernel schedules it: before privileges go, since most of it needs them. */
export function* schedulingStage(process: Process, linux: Linux | undefined, at: ProcessPointer): Generator<Step> {
	if (linux?.personality !== undefined) {
		yield init('personality', { persona: personalities[linux.personality.domain] }, '/linux/personality');
	}
	const { scheduler, ioPriority } = process;
	if (scheduler !== undefined) {
		yield init(
			'scheduler',
			{
				policy: schedulerPolicies[scheduler.policy],
				nice: BigInt(scheduler.nice ?? 0),
				priority: scheduler.priority ?? 0,
				flags: (scheduler.flags ?? []).reduce((bits, flag) => bits | schedulerFlags[flag], 0n),
				runtime: scheduler.runtime ?? 0n,
				deadline: scheduler.deadline ?? 0n,
				period: scheduler.period ?? 0n,
			},
			`${at}/scheduler`,
		);
	}
	if (ioPriority !== undefined) {
		const value = (ioPriorityClasses[ioPriority.class] << 13) | ioPriority.priority;
		yield init('io_priority', { value }, `${at}/ioPriority`);
	}
	const policy = linux?.memoryPolicy;
	if (policy !== undefined) {
		const flags = (policy.flags ?? []).reduce((bits, flag) => bits | memoryPolicyFlags[flag], 0);
		const nodes = bitWords(parseCpuList(policy.nodes ?? ''));
		yield init(
			'memory_policy',
			{
				mode: memoryPolicyModes[policy.mode] | flags,
				nodes,
				// The kernel reads one bit less than it is told (mm/mempolicy.c, get_nodes).
				maximum: nodes.length === 0 ? 0 : nodes.length * 64 + 1,
			},
			'/linux/memoryPolicy',
		);
	}
}

/** A cpuset narrows the affinity it finds; one inherited from the caller would stay narrow when the cpuset grows. */
export function resetAffinity(): Step {
	return init('affinity', { cpus: [] });
}

/**
 * The first of two tries at the directory it starts in: as root, and before a seccomp profile can refuse getcwd(2), by
 * which the helper makes sure that it is inside. Where only the user is let in (a file system exported with root
 * squashed), the second try is the one that succeeds.
 */
export function* rootCwdStage({ cwd }: Process, at: ProcessPointer): Generator<Step> {
	yield init('chdir', { path: cwd, attempt: chdirAttempts.mayFail }, `${at}/cwd`);
}

/** Who it is and what it may: the identity, the capabilities, the directory it starts in. */
export function* identityStage(
	process: Process,
	at: ProcessPointer,
	surroundings: ProcessSurroundings,
): Generator<Step> {
	const { user, capabilities, cwd } = process;
	const { lastCapability, keepsGroups, warn } = surroundings;
	const leftOut: LeftOut = new Map();
	const bits = (set: CapabilitySet) => capabilityBits(capabilities?.[set], set, lastCapability, leftOut);
	// What runc and crun leave the process where the config is silent, and callers rely on.
	yield init('umask', { mode: user.umask ?? 0o022 }, user.umask === undefined ? '' : `${at}/user/umask`);
	if (capabilities !== undefined) {
		yield init('drop_bounding', { keep: bits('bounding') }, `${at}/capabilities/bounding`);
	}
	yield init(
		'identity',
		{
			uid: user.uid,
			gid: user.gid,
			groups: user.additionalGids ?? [],
			flags:
				(capabilities === undefined ? 0 : identityFlags.keepCapabilities) |
				(keepsGroups ? identityFlags.leaveGroups : 0),
		},
		`${at}/user`,
	);
	if (capabilities !== undefined) {
		yield init(
			'capabilities',
			{
				effective: bits('effective'),
				permitted: bits('permitted'),
				inheritable: bits('inheritable'),
				ambient: bits('ambient'),
			},
			`${at}/capabilities`,
		);
	}
	for (const [name, sets] of leftOut) {
		warn(`${name} is not a capability of this kernel and is left out of ${[...sets].join(', ')}`, `${at}/capabilities`);
	}
	yield init('chdir', { path: cwd, attempt: chdirAttempts.last }, `${at}/cwd`);
}

/** Finds the program while the caller of `create` still listens, so that a wrong name is an error of `create`. */
export function* programStage(process: Process, at: ProcessPointer): Generator<Step> {
	const environment = environmentOf(process);
	if (!environment.some((entry) => /^HOME=./.test(entry))) yield init('home', { uid: process.user.uid }, `${at}/env`);
	const path = environment.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? '';
	yield init('find_program', { name: process.args[0] ?? '', path }, `${at}/args/0`);
}

/** The environment with the last of each name; execve(2) would hand on both. */
export function environmentOf(process: Process): string[] {
	const byName = new Map<string, string>();
	for (const entry of process.env ?? []) byName.set(entry.slice(0, entry.indexOf('=')), entry);
	return [...byName.values()];
}

/**
 * The limits of a process, set before it gives up the privilege to raise them: by itself, or, in a user namespace, where
 * nobody may raise one (setrlimit(2)), from outside.
 */
export function* limitStage(process: Process, at: ProcessPointer, inUserNamespace: boolean): Generator<Step> {
	const limits = resourceLimits(process);
	if (limits.length === 0) return;
	const pointer = `${at}/rlimits`;
	if (inUserNamespace) {
		yield init('barrier', { id: barriers.limits }, pointer);
		yield host('set_rlimits', { limits }, pointer);
		yield host('release', { id: barriers.limits });
		return;
	}
	yield init(
		'resource_limits',
		{
			resources: limits.map(({ resource }) => resource),
			soft: limits.map(({ soft }) => soft),
			hard: limits.map(({ hard }) => hard),
		},
		pointer,
	);
}

function resourceLimits(process: Process): ResourceLimit[] {
	return (process.rlimits ?? []).map(({ type, soft, hard }) => ({
		name: type,
		resource: rlimitNumbers[type],
		soft,
		hard,
	}));
}

type CapabilitySet = keyof NonNullable<Process['capabilities']>;

/** Names that the kernel does not have, with the sets they are in. */
type LeftOut = Map<string, Set<CapabilitySet>>;

// An unknown or absent capability is a warning (config.md, "Linux Process": MUST NOT fail), and one for all sets: engines put each
// name into most of them.
function capabilityBits(
	names: readonly string[] | undefined,
	set: CapabilitySet,
	lastCapability: number,
	leftOut: LeftOut,
): bigint {
	let bits = 0n;
	for (const name of names ?? []) {
		const number = capabilityNumber(name);
		if (number === undefined || number > lastCapability) {
			leftOut.set(name, (leftOut.get(name) ?? new Set()).add(set));
		} else {
			bits |= 1n << BigInt(number);
		}
	}
	return bits;
}
