import {
	blocksBriefly,
	native,
	OwnedFd,
	readable,
	type Spawned,
	type Spawner,
	type SpawnRequest,
} from '../native/index.js';
import { errnoOf } from '../os/index.js';

// Of what the kernel refuses to clone into a cgroup, the step that enters it has more to tell.
const refusalsOfCgroups: readonly (string | undefined)[] = ['EACCES', 'EBUSY', 'EOPNOTSUPP', 'ENOTSUP', 'ENODEV'];

/** How many plans are being performed. */
let performing = 0;

/** Counts a plan that is being performed until the result is disposed of. */
export function countLaunch(): Disposable {
	performing += 1;
	return {
		[Symbol.dispose]: () => {
			performing -= 1;
		},
	};
}

/** Whether plans are being performed: no processor is idle then. */
export function isPerforming(): boolean {
	return performing > 0;
}

/**
 * Clones the helper. The kernel takes a millisecond for new namespaces, and more on a busy machine: where several are made at
 * once a thread waits for it, and the event loop goes on. One alone is quicker without the thread, unless there is one that has
 * made namespaces already.
 *
 * @param meanwhile is called while a thread is at it
 */
export async function spawnInit(request: SpawnRequest, ahead?: Spawner, meanwhile?: () => void): Promise<Spawned> {
	try {
		return await spawnInto(request, ahead, meanwhile);
	} catch (cause) {
		if (request.cgroup === -1 || !refusalsOfCgroups.includes(errnoOf(cause))) throw cause;
		return await spawnInto({ ...request, cgroup: -1 });
	}
}

async function spawnInto(request: SpawnRequest, ahead?: Spawner, meanwhile?: () => void): Promise<Spawned> {
	if (ahead === undefined && alone()) return native().spawnInit(request);
	using answer = new OwnedFd(native().spawnInitBegin(request, ahead));
	meanwhile?.();
	if (alone()) native().spawnInitAwait(answer.number);
	else await readable(answer.number);
	return native().spawnInitEnd(answer.number);
}

// A subreaper takes the status of any child that it does not know yet, and would not know this one while it is made.
function alone(): boolean {
	return blocksBriefly() || performing < 2 || native().getSubreaper();
}
