import { afterUndo, TsrunError } from '../errors/index.js';
import type { Exit } from '../launch/init-process.js';
import { Launch } from '../launch/launch.js';
import { UndoStack } from '../os/index.js';
import type { Plan } from '../plan/plan.js';
import { barriers, host, init, type Step } from '../plan/step.js';
import { type NamespaceType, namespaceTypes } from '../plan/tables/namespaces.js';

/** Everything tried here takes milliseconds; longer means that something hangs, and that is an answer too. */
const limitMs = 10_000;

/**
 * Performs steps of a plan in a throw-away process, by the same helper that makes containers, so that the answer is that of the
 * real thing. The process is killed, and with it goes whatever it made.
 *
 * @returns undefined when every step was performed, or the error of the one that was refused
 * @throws what is no answer of the kernel: a fault of the addon
 */
export async function trial(steps: readonly Step[]): Promise<TsrunError | undefined> {
	const plan: Plan = {
		verb: 'create',
		id: 'trial',
		steps: [...steps, init('barrier', { id: barriers.complete })],
		warnings: [],
		cgroup: null,
	};
	return refusalOf(async () => void (await perform(plan, async () => {})));
}

/**
 * Runs a program of this machine in new namespaces.
 *
 * @param steps those that make its process
 * @returns how it ended, or the error of the step that was refused
 */
export async function programTrial(
	steps: readonly Step[],
	args: readonly [string, ...string[]],
): Promise<Exit | TsrunError> {
	const program = [
		init('find_program', { name: args[0], path: '' }),
		init('close_descriptors', { keep: 0 }),
		init('exec', { args, env: ['LC_ALL=C'] }),
	];
	// In the plan of `exec` the conversation ends with execve(2).
	const plan: Plan = { verb: 'exec', id: 'trial', steps: [...steps, ...program], warnings: [], cgroup: null };
	let exit: Exit = { code: null, signal: null };
	const refusal = await refusalOf(() =>
		perform(plan, async (process) => {
			exit = await process.exit(AbortSignal.timeout(limitMs));
		}),
	);
	return refusal ?? exit;
}

async function refusalOf(attempt: () => Promise<void>): Promise<TsrunError | undefined> {
	try {
		await attempt();
		return undefined;
	} catch (error) {
		if (error instanceof TsrunError && error.code !== 'ERR_NATIVE') return error;
		throw error;
	}
}

async function perform(plan: Plan, then: (process: Launch['process']) => Promise<void>): Promise<void> {
	const undo = new UndoStack();
	const nobody = (): void => {};
	using launch = new Launch({
		plan,
		stdio: [-1, -1, -1],
		preserved: [],
		standing: {},
		subject: { id: plan.id, bundle: '/' },
		environment: {},
		undo,
		signal: AbortSignal.timeout(limitMs),
		announce: nobody,
		record: nobody,
		console: nobody,
		compileFilter: async () => new Uint8Array(),
		seccomp: nobody,
		warn: nobody,
	});
	try {
		await then(await launch.perform());
	} catch (cause) {
		throw await afterUndo(cause, () => take(undo));
	}
	await take(undo);
}

async function take(undo: UndoStack): Promise<void> {
	const [failure] = await undo.unwind();
	if (failure !== undefined) throw failure;
}

/** Who asks, as far as it decides how a process is made. */
export interface Asker {
	readonly euid: number;
	readonly egid: number;
}

/** The steps that make a process in new namespaces, as root of a user namespace where one of them is. */
export function processIn(types: readonly NamespaceType[], { euid, egid }: Asker): Step[] {
	const isLate = (type: NamespaceType) => type === 'cgroup' || type === 'time';
	const flags = types.filter((type) => !isLate(type)).reduce((bits, type) => bits | namespaceTypes[type].flag, 0n);
	const spawned = [host('spawn', { flags, cgroup: null }), init('barrier', { id: barriers.placed })];
	const go = host('release', { id: barriers.placed });
	const unshared = types.filter(isLate).map((type) => init('unshare', { flags: namespaceTypes[type].flag }));
	if (!types.includes('user')) return [...spawned, go, ...unshared];
	// user_namespaces(7): one's own id alone, and that of the group without setgroups(2), takes no privilege.
	const maps = { uid: `0 ${euid} 1\n`, gid: `0 ${egid} 1\n`, setgroups: 'deny', helped: [] } as const;
	return [...spawned, host('write_id_maps', maps), go, init('become_root', { groups: 0 }), ...unshared];
}
