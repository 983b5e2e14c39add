import type { LaunchContext } from '../launch/context.js';
import { Launch } from '../launch/launch.js';
import type { Plan } from '../plan/plan.js';
import { barriers, host, init } from '../plan/step.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';

/**
 * Brings up the loopback device of a process's network namespace, as `create` does in one that it makes: CRIU makes an empty
 * one, and TCP connections can be restored on addresses alone that are there.
 *
 * @param context of the launch that the process came from
 * @throws TsrunError ERR_STEP_FAILED
 */
export async function bringUpLoopback(context: LaunchContext, pid: number): Promise<void> {
	const path = `/proc/${pid}/ns/net`;
	const plan: Plan = {
		verb: 'create',
		id: context.plan.id,
		steps: [
			host('open_namespace', { slot: 'network', path, type: 'network' }),
			host('spawn', { flags: 0n, cgroup: null }),
			init('join_namespaces', { fds: ['network'], types: [Number(namespaceTypes.network.flag)], paths: [path] }),
			init('loopback', {}),
			init('barrier', { id: barriers.complete }),
		],
		warnings: [],
		cgroup: null,
	};
	using launch = new Launch({ ...context, plan, stdio: [-1, -1, -1], preserved: [] });
	const helper = await launch.perform();
	await helper.destroy();
}
