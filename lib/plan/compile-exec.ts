import type { HostFacts } from '../host/facts.js';
import type { Process, Spec } from '../spec/types.js';
import { keepsGroups } from './annotations.js';
import { bitWords, parseCpuList } from './number-list.js';
import type { Plan, PlanWarning } from './plan.js';
import { checkProcess } from './security-modules.js';
import { enterStage } from './stages/cgroup.js';
import { consoleStep } from './stages/devices.js';
import {
	environmentOf,
	identityStage,
	limitStage,
	type ProcessPointer,
	programStage,
	resetAffinity,
	rootCwdStage,
	schedulingStage,
} from './stages/process.js';
import { enterResctrlStage, type ResctrlGroups } from './stages/resctrl.js';
import { chrootHere, enterRootDirectory } from './stages/root.js';
import { privilegeStage, seccompStage } from './stages/security.js';
import { barriers, type HostOperations, host, init, type Step } from './step.js';
import { type NamespaceType, namespaceTypes } from './tables/namespaces.js';

/** What a plan of `exec` is made from. */
export interface ExecRequest {
	readonly id: string;
	/** The container's init. */
	readonly pid: number;
	readonly startTime: string;
	readonly process: Process;
	/** Where the process object stands: in the container's config.json, or in a document of its own. */
	readonly at: ProcessPointer;
	/** Absolute path of the container's root file system on the host. */
	readonly rootfs: string;
	/** The container's config: its seccomp profile and personality hold for every process in it. */
	readonly spec: Spec;
	/** The kinds of namespaces that init is in and the runtime is not. */
	readonly namespaces: readonly NamespaceType[];
	/** Directories of the cgroup in each v1 hierarchy, and in the unified one. */
	readonly cgroups: { readonly unified?: string | undefined; readonly v1: readonly string[] };
	/** The unit that the container is, where systemd made it, and the unit's cgroup. */
	readonly unit?: HostOperations['enter_cgroup']['unit'];
	/** The container's groups in resctrl. */
	readonly resctrl?: ResctrlGroups | undefined;
	/** The container has a session keyring of its own. */
	readonly newKeyring: boolean;
	readonly preservedDescriptors: number;
	readonly facts: HostFacts;
}

/**
 * The plan of `exec`: another process into namespaces, cgroup and confinement of a container that is there. Pure.
 *
 * @throws TsrunError ERR_HOST_UNSUPPORTED
 */
export function compileExec(request: ExecRequest): Plan {
	checkProcess(request.process, request.at, request.facts);
	const warnings: PlanWarning[] = [];
	const warn = (message: string, pointer: string) => void warnings.push({ message, pointer });
	return { verb: 'exec', id: request.id, steps: execSteps(request, warn), warnings, cgroup: null };
}

// A list, as in compile-create.ts.
function execSteps(request: ExecRequest, warn: (message: string, pointer: string) => void): Step[] {
	const steps: Step[] = [];
	const { process, at, spec, namespaces, cgroups, facts } = request;
	steps.push(host('open_process', { slot: 'init', pid: request.pid, startTime: request.startTime }));
	// An affinity to start with is lost when the clone moves the process into a cpuset.
	const initial = affinitySteps(process.execCPUAffinity?.initial, `${at}/execCPUAffinity/initial`);
	const final = affinitySteps(process.execCPUAffinity?.final, `${at}/execCPUAffinity/final`);
	// From outside of their own session users may not enter a cgroup in it; systemd does that for them.
	const byClone = initial.length === 0 && (request.unit === undefined || facts.euid === 0);
	steps.push(host('spawn', { flags: 0n, cgroup: byClone ? (cgroups.unified ?? null) : null }));
	steps.push(...initial);
	steps.push(init('barrier', { id: barriers.placed }));
	steps.push(...enterStage([...(cgroups.unified === undefined ? [] : [cgroups.unified]), ...cgroups.v1], request.unit));
	steps.push(...enterResctrlStage(request.resctrl ?? null));
	if (process.oomScoreAdj !== undefined) {
		steps.push(host('write_oom_score', { value: process.oomScoreAdj }, `${at}/oomScoreAdj`));
	}
	steps.push(host('release', { id: barriers.placed }));
	// CVE-2016-9962: from here on there are processes that could trace us.
	steps.push(init('undumpable', {}));
	const flags = namespaces.reduce((bits, type) => bits | namespaceTypes[type].flag, 0n);
	// The root comes with the mount namespace; a container without one of its own has been confined by chroot(2).
	const hasMountNamespace = (spec.linux?.namespaces ?? []).some(({ type }) => type === 'mount');
	if (!hasMountNamespace) steps.push(enterRootDirectory(request.rootfs));
	if (flags !== 0n) steps.push(init('join_process', { pidfd: 'init', flags }));
	steps.push(init('fork', { flags: 0n }));
	steps.push(host('await_fork', {}));
	if (namespaces.includes('user')) steps.push(init('become_root', { groups: keepsGroups(spec) ? 0 : 1 }));
	steps.push(init('new_session', {}));
	if (request.newKeyring) {
		steps.push(init('keyring', { name: `_ses.${request.id}`, label: process.selinuxLabel ?? '' }));
	}
	// Before the chroot, since what is below it need not have a devpts.
	if (process.terminal === true) steps.push(consoleStep(process, at, false));
	if (!hasMountNamespace) steps.push(chrootHere());
	// config.md, "execCPUAffinity": with `initial` alone, what the kernel made of it on the way into the cgroup stays.
	if (initial.length === 0 && final.length === 0) steps.push(resetAffinity());
	steps.push(...schedulingStage(process, spec.linux, at));
	steps.push(...final);
	steps.push(...privilegeStage(process, at));
	steps.push(...limitStage(process, at, namespaces.includes('user')));
	steps.push(...rootCwdStage(process, at));
	steps.push(...seccompStage(spec.linux?.seccomp, process, 'before-identity'));
	steps.push(
		...identityStage(process, at, { lastCapability: facts.lastCapability, keepsGroups: keepsGroups(spec), warn }),
	);
	steps.push(...programStage(process, at));
	steps.push(init('barrier', { id: barriers.complete }));
	steps.push(host('release', { id: barriers.complete }));
	steps.push(init('close_descriptors', { keep: request.preservedDescriptors }));
	steps.push(...seccompStage(spec.linux?.seccomp, process, 'before-exec'));
	steps.push(init('exec', { args: process.args, env: environmentOf(process) }, `${at}/args`));
	return steps;
}

function affinitySteps(list: string | undefined, pointer: string): Step[] {
	const cpus = bitWords(parseCpuList(list ?? ''));
	return cpus.length === 0 ? [] : [init('affinity', { cpus }, pointer)];
}
