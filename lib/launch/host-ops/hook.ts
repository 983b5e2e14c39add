import { hookState } from '../../plan/hook-state.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { runHook } from '../run-hook.js';

export async function runHostHook(launch: Launch, args: HostOperations['hook']): Promise<void> {
	const { subject, environment, signal } = launch.context;
	const { head, tail } = hookState(subject, 'creating');
	await runHook(args, { state: `${head}${launch.process.pid}${tail}`, environment, signal, containerId: subject.id });
}
