import { native, type Spawner } from '../native/index.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';
import type { Spec } from '../spec/types.js';
import { isPerforming } from './spawn-init.js';

// Those that take the kernel long (a network namespace half a millisecond) or come with them, and that are the same whenever
// they are made. A mount namespace is a copy of ours, and has to be of the moment.
const early = ['network', 'ipc', 'uts'] as const;

/** How many containers are being made with such a thread: one, or none. */
let underWay = 0;

/** A thread that makes namespaces of a container while there is still something else to do before its process can be cloned. */
export interface NamespacesAhead extends Disposable {
	readonly spawner: Spawner;
}

/**
 * Has them made. Disposed of before it was used, they are gone.
 *
 * @returns undefined where nothing is made: of several containers at once each would wait for the others' threads, a new user
 *   namespace has to be there before those that it is to own, and who joins a namespace has the new ones made by a fork afterwards
 */
export function namespacesAhead({ linux }: Spec): NamespacesAhead | undefined {
	if (isPerforming() || underWay > 0) return undefined;
	const { namespaces = [] } = linux ?? {};
	const asked = new Set(namespaces.map(({ type }) => type));
	if (asked.has('user') || namespaces.some(({ path }) => path !== undefined)) return undefined;
	const flags = early.filter((type) => asked.has(type)).reduce((bits, type) => bits | namespaceTypes[type].flag, 0n);
	if (flags === 0n) return undefined;
	try {
		const spawner = native().spawnAhead(flags);
		underWay += 1;
		return {
			spawner,
			[Symbol.dispose]: () => {
				underWay -= 1;
				native().spawnGiveUp(spawner);
			},
		};
	} catch {
		// The clone makes them then, or says what is wrong.
		return undefined;
	}
}
