import { allDirectories } from './cgroup-path.js';
import { checkRequest } from './check.js';
import type { Plan, PlanWarning } from './plan.js';
import { type CreateRequest, cgroupOf, shapeOf } from './shape.js';
import { cgroupStage, delegateStage, enterStage } from './stages/cgroup.js';
import { criuStage } from './stages/criu.js';
import { deviceNodeStage } from './stages/devices.js';
import { hostHooks } from './stages/hooks.js';
import { limitSteps } from './stages/limits.js';
import { mountStage, sourceStage } from './stages/mounts.js';
import { enterResctrlStage, resctrlGroups, resctrlStage } from './stages/resctrl.js';
import { rootfsStage, treePropagation } from './stages/root.js';
import { scopeSteps } from './stages/scope.js';
import { type StagedMount, stagedMounts, stagingSteps } from './stages/staging.js';
import { barriers, host, init, type Step } from './step.js';
import { namespaceTypes } from './tables/namespaces.js';

export interface RestoreRequest extends CreateRequest {
	readonly criu: { readonly file: string; readonly searchPath: string };
	/** An empty directory of the runtime's own. */
	readonly staging: string;
	/** How many descriptors from 3 on CRIU gets. */
	readonly descriptors: number;
	/** The restored processes belong to the caller's session. */
	readonly shellJob: boolean;
}

export interface RestorePlan {
	/** From nothing to CRIU, in the container's cgroup and a mount namespace of its own, which has all it will mount. */
	readonly plan: Plan;
	/** What the host does when the restored processes have their namespaces. */
	readonly hooks: readonly Step[];
	/** And what it does before they run again. */
	readonly limits: readonly Step[];
	/** Where in CRIU's mount namespace the root file system is. */
	readonly root: string;
	/** What CRIU mounts from outside. */
	readonly mounts: readonly StagedMount[];
}

/**
 * The plan of `restore`. Pure.
 *
 * CRIU mounts what was mounted, at places that have to be there, from paths that it follows itself. So the helper, before it
 * becomes CRIU and in a mount namespace that ends with it, binds every source to a place that nobody else can change, and
 * then mounts all that `create` would mount, for the sake of the mount points: below the container's root, whatever
 * symlinks an image has put there, as only the helper resolves them.
 *
 * @throws ConfigError as {@link compileCreate}
 */
export function compileRestore(request: RestoreRequest): RestorePlan {
	const shape = shapeOf(request);
	checkRequest(shape);
	const warnings: PlanWarning[] = [];
	const warn = (message: string, pointer: string) => void warnings.push({ message, pointer });
	const cgroup = cgroupOf(request);
	const limits = limitSteps(shape, cgroup, warn);
	const scope = scopeSteps(shape, cgroup, limits.enable);
	const directories = scope?.others ?? (cgroup === null ? [] : allDirectories(cgroup));
	const mountSteps = shape.mounts.flatMap((mount) => [...mountStage(shape, mount, warn)]);
	const mounts = stagedMounts(mountSteps, request.staging);
	const shown = new Set(mounts.flatMap((mount) => mount.shown));
	const root = `${request.staging}/root`;
	const hooks = shape.spec.hooks;
	const steps: Step[] = [
		...cgroupStage(shape, directories, scope === null ? limits.enable : []),
		...(scope === null ? limits.beforeEntry : []),
		...resctrlStage(shape),
		...sourceStage(shape),
		host('spawn', { flags: namespaceTypes.mount.flag, cgroup: scope === null ? (cgroup?.unified ?? null) : null }),
		init('barrier', { id: barriers.placed }),
		...(scope === null ? [] : [scope.start, ...limits.beforeEntry]),
		...enterStage(directories),
		...delegateStage(shape, cgroup),
		...enterResctrlStage(resctrlGroups(shape)),
		host('release', { id: barriers.placed }),
		init('propagation', { flags: treePropagation(shape) }),
		...stagingSteps(shape, request.staging, mounts),
		...[...rootfsStage(shape)].filter(({ operation }) => operation === 'rootfs'),
		...mountSteps
			.map((step, index) => mounts.find(({ index: of }) => of === index)?.again ?? step)
			.filter((step) => !shown.has(step)),
		...deviceNodeStage(shape),
	];
	if (request.options.newKeyring) {
		// CRIU leaves them the keyring that it has itself, which would be the caller's.
		const label = shape.spec.process?.selinuxLabel ?? '';
		steps.push(init('keyring', { name: `_ses.${request.id}`, label }));
	}
	steps.push(...criuStage(request.criu, request.descriptors, !request.shellJob));
	return {
		plan: { verb: 'restore', id: request.id, steps, warnings, cgroup },
		hooks: [...hostHooks(hooks?.prestart, 'prestart'), ...hostHooks(hooks?.createRuntime, 'createRuntime')],
		limits: [...(scope?.limits ?? []), ...limits.beforeProgram],
		root,
		mounts,
	};
}
