import type { Process } from '../spec/types.js';
import { allDirectories, type CgroupDirectories } from './cgroup-path.js';
import { checkRequest } from './check.js';
import type { Plan, PlanWarning } from './plan.js';
import { type CreateRequest, cgroupOf, type Shape, shapeOf } from './shape.js';
import { cgroupStage, delegateStage, enterStage } from './stages/cgroup.js';
import { confineStage } from './stages/confine.js';
import { deviceStage } from './stages/devices.js';
import { createHooksStage, hasCreateHooks, startHooksStage } from './stages/hooks.js';
import { limitSteps } from './stages/limits.js';
import { mountStage, sealStage, sourceStage } from './stages/mounts.js';
import { placeStage, settleStage, spawnStage } from './stages/namespaces.js';
import {
	environmentOf,
	identityStage,
	limitStage,
	programStage,
	resetAffinity,
	rootCwdStage,
	schedulingStage,
} from './stages/process.js';
import { changeRootStage, rootfsStage } from './stages/root.js';
import { scopeSteps } from './stages/scope.js';
import { privilegeStage, seccompStage } from './stages/security.js';
import { barriers, host, init, type Step } from './step.js';

/**
 * The plan of `create`: from a valid config and what is true of the host to every step in its order. Pure: the same
 * request gives the same plan, on any machine.
 *
 * @throws ConfigError ERR_CONFIG_UNSUPPORTED and ERR_HOST_UNSUPPORTED, as {@link checkRequest}
 */
export function compileCreate(request: CreateRequest): Plan {
	const shape = shapeOf(request);
	checkRequest(shape);
	const warnings: PlanWarning[] = [];
	const warn = (message: string, pointer: string) => void warnings.push({ message, pointer });
	const cgroup = cgroupOf(request);
	return {
		verb: 'create',
		id: request.id,
		steps: [...createSteps(shape, cgroup, warn)],
		warnings,
		cgroup,
	};
}

function* createSteps(
	shape: Shape,
	cgroup: CgroupDirectories | null,
	warn: (message: string, pointer: string) => void,
): Generator<Step> {
	const { process } = shape.spec;
	const limits = limitSteps(shape, cgroup, warn);
	const scope = scopeSteps(shape, cgroup, limits.enable);
	const directories = scope?.others ?? (cgroup === null ? [] : allDirectories(cgroup));
	const beforeProgram = [...(scope?.limits ?? []), ...limits.beforeProgram];
	yield* cgroupStage(shape, directories, scope === null ? limits.enable : []);
	if (scope === null) yield* limits.beforeEntry;
	yield* sourceStage(shape);
	yield host('listen', { slot: 'start' });
	const placing = [
		init('barrier', { id: barriers.placed }),
		...(scope === null ? [] : [scope.start, ...limits.beforeEntry]),
		...enterStage(directories),
		...delegateStage(shape, cgroup),
		...placeStage(shape),
	];
	yield* spawnStage(shape, scope === null ? (cgroup?.unified ?? null) : null, placing);
	yield* settleStage(shape);
	if (shape.hasMountNamespace) {
		yield* rootfsStage(shape);
		yield* mountStage(shape, warn);
	}
	yield* deviceStage(shape);
	yield* createHooksStage(shape, beforeProgram);
	if (shape.hasMountNamespace) {
		yield* cwdStage(process);
		yield* sealStage(shape);
	}
	yield* confineStage(shape);
	yield* changeRootStage(shape);
	if (!shape.hasMountNamespace) yield* cwdStage(process);
	if (process !== undefined) {
		yield resetAffinity();
		yield* schedulingStage(process, shape.spec.linux, '/process');
		yield* privilegeStage(process, '/process');
		yield* limitStage(process, '/process', shape.inUserNamespace);
		yield* rootCwdStage(process, '/process');
		yield* seccompStage(shape.spec.linux?.seccomp, process, 'before-identity');
		yield* identityStage(process, '/process', { lastCapability: shape.facts.lastCapability, warn });
		yield* programStage(process, '/process');
	}
	yield init('barrier', { id: barriers.complete });
	if (!hasCreateHooks(shape)) yield* beforeProgram;
	yield host('record', {});
	yield host('release', { id: barriers.complete });
	yield init('wait_start', { listener: 'start' });
	if (process !== undefined) {
		yield* startHooksStage(shape, environmentOf(process));
		yield init('close_descriptors', { keep: shape.options.preservedDescriptors });
		yield* seccompStage(shape.spec.linux?.seccomp, process, 'before-exec');
		yield init('exec', { args: process.args, env: launchEnvironment(shape, environmentOf(process)) }, '/process/args');
	}
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
