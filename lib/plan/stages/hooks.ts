import type { Hook } from '../../spec/types.js';
import { hookState } from '../hook-state.js';
import type { Shape } from '../shape.js';
import { barriers, type HookKind, host, init, type Step } from '../step.js';

/** Numbers of the hook kinds on the wire, for the messages. */
export const hookKinds: readonly HookKind[] = [
	'prestart',
	'createRuntime',
	'createContainer',
	'startContainer',
	'poststart',
	'poststop',
];

/** Whether `create` runs hooks, and so has the barrier `built`. */
export function hasCreateHooks({ spec: { hooks } }: Pick<Shape, 'spec'>): boolean {
	return [hooks?.prestart, hooks?.createRuntime, hooks?.createContainer].some((list) => (list ?? []).length > 0);
}

/**
 * The hooks of `create`: first those in the runtime's namespaces, while init waits, then those in the container's.
 *
 * @param limits of the container: a hook finds them in place
 */
export function* createHooksStage(shape: Shape, limits: readonly Step[]): Generator<Step> {
	const hooks = shape.spec.hooks;
	const onHost = [...hostHooks(hooks?.prestart, 'prestart'), ...hostHooks(hooks?.createRuntime, 'createRuntime')];
	if (hasCreateHooks(shape)) {
		yield init('barrier', { id: barriers.built }, '/hooks');
		yield* limits;
		yield* onHost;
		yield host('release', { id: barriers.built });
	}
	// config.md, "createContainer Hooks": called with the mounts in place and the old root still in sight.
	yield* initHooks(shape, hooks?.createContainer, 'createContainer', null);
}

/** The hooks that run inside, right before the user's program, with its environment where they bring none. */
export function* startHooksStage(shape: Shape, environment: readonly string[]): Generator<Step> {
	yield* initHooks(shape, shape.spec.hooks?.startContainer, 'startContainer', environment);
}

/** Steps for hooks that the runtime runs in its own namespaces. */
export function hostHooks(hooks: readonly Hook[] | undefined, kind: HookKind): Step[] {
	return (hooks ?? []).map((hook, index) =>
		host(
			'hook',
			{
				kind,
				index,
				path: hook.path,
				args: argumentsOf(hook),
				env: hook.env ?? null,
				timeout: timeoutOf(hook),
			},
			`/hooks/${kind}/${index}`,
		),
	);
}

function* initHooks(
	shape: Shape,
	hooks: readonly Hook[] | undefined,
	kind: 'createContainer' | 'startContainer',
	environment: readonly string[] | null,
): Generator<Step> {
	if (hooks === undefined || hooks.length === 0) return;
	const state = hookState({ ...shape, annotations: shape.spec.annotations }, 'created');
	for (const [index, hook] of hooks.entries()) {
		yield init(
			'hook',
			{
				kind: hookKinds.indexOf(kind),
				index,
				path: hook.path,
				args: argumentsOf(hook),
				env: hook.env ?? environment ?? [],
				timeout: timeoutOf(hook),
				state_head: state.head,
				state_tail: state.tail,
				pid: 0,
				home: hook.env === undefined && environment !== null ? 1 : 0,
			},
			`/hooks/${kind}/${index}`,
		);
	}
}

// execve(2) with no argument at all is not what anybody means by an empty list.
function argumentsOf({ path, args }: Hook): readonly string[] {
	return args === undefined || args.length === 0 ? [path] : args;
}

// A timer of JavaScript that is set for more than 2^31-1 ms goes off at once.
function timeoutOf({ timeout }: Hook): number {
	return Math.min((timeout ?? 0) * 1000, 0x7fff_ffff);
}
