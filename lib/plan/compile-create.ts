import type { Process } from '../spec/types.js';
import { keepsGroups } from './annotations.js';
import { allDirectories, type CgroupDirectories } from './cgroup-path.js';
import { checkRequest } from './check.js';
import { withDestinationsInside } from './host-destinations.js';
import { withNotifySocket } from './notify-socket.js';
import type { Plan, PlanWarning } from './plan.js';
import type { PlanMemory, Recollection } from './plan-memory.js';
import { type CreateRequest, cgroupOf, type Shape, shapeOf } from './shape.js';
import { cgroupStage, delegateStage, enterStage } from './stages/cgroup.js';
import { confineStage } from './stages/confine.js';
import { deviceStage } from './stages/devices.js';
import { createHooksStage, hasCreateHooks, startHooksStage } from './stages/hooks.js';
import { limitSteps } from './stages/limits.js';
import { mountStage, sealStage, sourceStage } from './stages/mounts.js';
import { placeStage, settleStage, spawnStage } from './stages/namespaces.js';
import { networkDeviceStage } from './stages/network-devices.js';
import {
	environmentOf,
	identityStage,
	limitStage,
	programStage,
	resetAffinity,
	rootCwdStage,
	schedulingStage,
} from './stages/process.js';
import { enterResctrlStage, resctrlGroups, resctrlStage } from './stages/resctrl.js';
import { changeRootStage, hostMountsStage, rootfsStage } from './stages/root.js';
import { scopeSteps } from './stages/scope.js';
import { privilegeStage, seccompStage } from './stages/security.js';
import { barriers, host, init, type Step } from './step.js';

/**
 * The plan of `create`: from a valid config and what is true of the host to every step in its order. Pure: the same
 * request gives the same plan, on any machine.
 *
 * @param memory of plans that were made before; what it knows is not made again
 * @throws ConfigError ERR_CONFIG_INVALID and ERR_HOST_UNSUPPORTED, as {@link checkRequest}; TsrunError
 *   ERR_KERNEL_TOO_OLD
 */
export function compileCreate(asked: CreateRequest, memory?: PlanMemory): Plan {
	const warnings: PlanWarning[] = [];
	const warn = (message: string, pointer: string) => void warnings.push({ message, pointer });
	const recollection = memory?.of(asked);
	const known = recollection?.shape;
	const shape = known === undefined ? checkedShape(asked, warn) : { ...known, id: asked.id };
	const cgroup = cgroupOf(shape);
	const steps = createSteps(shape, cgroup, warn, recollection);
	if (warnings.length === 0) recollection?.keep(shape);
	return { verb: 'create', id: asked.id, steps, warnings, cgroup };
}

function checkedShape(asked: CreateRequest, warn: (message: string, pointer: string) => void): Shape {
	const shape = shapeOf(withDestinationsInside(withNotifySocket(asked), warn));
	checkRequest(shape);
	return shape;
}

// A list, not a generator that delegates to the others: every step would pass through both.
function createSteps(
	shape: Shape,
	cgroup: CgroupDirectories | null,
	warn: (message: string, pointer: string) => void,
	recollection: Recollection | undefined,
): Step[] {
	const steps: Step[] = [];
	// Of these the containers of one config have the same, unless they are made with regard to the id.
	const common = (make: (shape: Shape) => Iterable<Step>) =>
		void steps.push(...(recollection === undefined ? make(shape) : recollection.part(shape, make)));
	const { process } = shape.spec;
	const hasMounts = shape.hasMountNamespace || shape.mountsOnHost;
	const limits = limitSteps(shape, cgroup, warn);
	const scope = scopeSteps(shape, cgroup, limits.enable);
	const directories = scope?.others ?? (cgroup === null ? [] : allDirectories(cgroup));
	const beforeProgram = [...(scope?.limits ?? []), ...limits.beforeProgram];
	if (scope === null) steps.push(...cgroupStage(shape, directories, limits.enable), ...limits.beforeEntry);
	steps.push(...resctrlStage(shape));
	common(hostMountsStage);
	common(sourceStage);
	if (!shape.options.starts) steps.push(host('listen', { slot: 'start' }));
	const placing = [
		init('barrier', { id: barriers.placed }),
		// Not before: of a new unit systemd removes what it finds in hierarchies of v1 (257).
		...(scope === null ? [] : [scope.start, ...cgroupStage(shape, directories, []), ...limits.beforeEntry]),
		...enterStage(directories),
		...delegateStage(shape, cgroup),
		...enterResctrlStage(resctrlGroups(shape)),
		...placeStage(shape),
	];
	steps.push(...spawnStage(shape, scope === null ? (cgroup?.unified ?? null) : null, placing));
	steps.push(...settleStage(shape));
	common(networkDeviceStage);
	if (hasMounts) {
		common(rootfsStage);
		for (const mount of shape.mounts) common((shape) => mountStage(shape, mount, warn));
	}
	common(deviceStage);
	// The limits are those of one cgroup, whose name tells of the id.
	steps.push(...createHooksStage(shape, beforeProgram));
	common((shape) => closingSteps(shape, hasMounts, warn));
	steps.push(init('barrier', { id: barriers.complete }));
	if (!hasCreateHooks(shape)) steps.push(...beforeProgram);
	steps.push(host('record', {}));
	steps.push(host('release', { id: barriers.complete }));
	if (!shape.options.starts) steps.push(init('wait_start', { listener: 'start' }));
	if (process !== undefined) common((shape) => programSteps(shape, process));
	return steps;
}

/** From the mounts up to what the program will be. */
function closingSteps(shape: Shape, hasMounts: boolean, warn: (message: string, pointer: string) => void): Step[] {
	const steps: Step[] = [];
	const { process } = shape.spec;
	if (hasMounts) {
		steps.push(...cwdStage(process));
		steps.push(...sealStage(shape));
	}
	steps.push(...confineStage(shape));
	steps.push(...changeRootStage(shape));
	if (!hasMounts) steps.push(...cwdStage(process));
	if (process !== undefined) {
		steps.push(resetAffinity());
		steps.push(...schedulingStage(process, shape.spec.linux, '/process'));
		steps.push(...privilegeStage(process, '/process'));
		steps.push(...limitStage(process, '/process', shape.inUserNamespace));
		steps.push(...rootCwdStage(process, '/process'));
		steps.push(...seccompStage(shape.spec.linux?.seccomp, process, 'before-identity'));
		const surroundings = { lastCapability: shape.facts.lastCapability, keepsGroups: keepsGroups(shape.spec), warn };
		steps.push(...identityStage(process, '/process', surroundings));
		steps.push(...programStage(process, '/process'));
	}
	return steps;
}

function programSteps(shape: Shape, process: Process): Step[] {
	const hooks = [...startHooksStage(shape, environmentOf(process))];
	const filter = [...seccompStage(shape.spec.linux?.seccomp, process, 'before-exec')];
	const close = init('close_descriptors', { keep: shape.options.preservedDescriptors });
	return [
		// The hooks are programs of the image as much as the container's own: none of them runs without the filter.
		...(hooks.length > 0 ? [...filter, ...hooks, close] : [close, ...filter]),
		init('exec', { args: process.args, env: launchEnvironment(shape, environmentOf(process)) }, '/process/args'),
	];
}

// Before mounts that are to be read-only become it; without a mount namespace only the chroot makes it a path inside.
function* cwdStage(process: Process | undefined): Generator<Step> {
	if (process !== undefined) yield init('make_directory', { path: process.cwd, mode: 0o755 }, '/process/cwd');
}

// sd_listen_fds(3): the count, and the pid of the process they are meant for, which is 1 where there is a pid namespace.
function launchEnvironment(shape: Shape, environment: string[]): string[] {
	const { listenDescriptors, listenNames } = shape.options;
	if (listenDescriptors === 0) return environment;
	return [
		...environment,
		`LISTEN_FDS=${listenDescriptors}`,
		...(shape.created.has('pid') ? ['LISTEN_PID=1'] : []),
		...(listenNames === undefined ? [] : [`LISTEN_FDNAMES=${listenNames}`]),
	];
}
