import { hookState } from '../../plan/hook-state.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

export async function runHostHook(launch: Launch, args: HostOperations['hook']): Promise<void> {
	const { subject, environment, signal } = launch.context;
	const { head, tail } = hookState(subject, 'created');
	// With it comes node:child_process, which a container without hooks has no use for.
	const { runHook } = await import('../run-hook.js');
	await runHook(args, { state: `${head}${launch.process.pid}${tail}`, environment, signal, containerId: subject.id });
}
