import { ConfigError } from '../errors/index.js';
import type { HostFacts } from '../host/index.js';
import { compileCreate } from '../plan/compile-create.js';
import type { Plan } from '../plan/plan.js';
import type { PlanMemory } from '../plan/plan-memory.js';
import type { CreateRequest } from '../plan/shape.js';
import type { LoadedSpec } from '../spec/read.js';
import type { Engine } from './engine.js';
import { planFacts } from './systemd.js';

/** What a caller of `create` decides beside the config. */
export interface PlanSettings {
	readonly pivot: boolean;
	readonly newKeyring: boolean;
	/** Descriptors handed on as 3 and up: those of LISTEN_FDS first. */
	readonly preserved: readonly number[];
	readonly listenDescriptors: number;
	readonly listenNames?: string | undefined;
	/** Let the container's program say that it is ready, if somebody waits to hear it: $NOTIFY_SOCKET is set. */
	readonly notify?: boolean | undefined;
	/** Init does not wait for `start`. */
	readonly starts?: boolean | undefined;
	/** Of the plans made before this one. */
	readonly memory?: PlanMemory | undefined;
}

/** Whether the container's words of sd_notify(3) are to reach somebody. */
export function hasListener(engine: Engine, { notify }: Pick<PlanSettings, 'notify'>): boolean {
	return notify === true && !!engine.environment['NOTIFY_SOCKET'];
}

const notifyDirectory = (engine: Engine, id: string): string => `${engine.store.root}/${id}/notify`;

/**
 * The plan of `create` for this host, as it is now.
 *
 * @throws ConfigError ERR_CONFIG_INVALID, ERR_HOST_UNSUPPORTED with the places in config.json
 */
export async function planCreate(
	engine: Engine,
	id: string,
	bundle: string,
	loaded: LoadedSpec,
	settings: PlanSettings,
): Promise<{ request: CreateRequest; plan: Plan }> {
	const facts = await gather(engine);
	using _plan = engine.phase?.('plan');
	const request: CreateRequest = {
		id,
		bundle,
		spec: loaded.spec,
		facts,
		options: {
			pivot: settings.pivot,
			newKeyring: settings.newKeyring,
			preservedDescriptors: settings.preserved.length,
			listenDescriptors: settings.listenDescriptors,
			listenNames: settings.listenNames,
			starts: settings.starts,
			...(hasListener(engine, settings) ? { notifyDirectory: notifyDirectory(engine, id) } : {}),
			cgroupManager: engine.cgroupManager,
			rootless: engine.isRootless(facts),
		},
	};
	try {
		return { request, plan: compileCreate(request, settings.memory) };
	} catch (error) {
		// A plan knows pointers; where they are in the file is known here.
		throw error instanceof ConfigError ? error.placedIn(loaded.file, loaded.placeOf) : error;
	}
}

async function gather(engine: Engine): Promise<HostFacts> {
	using _facts = engine.phase?.('gather the facts');
	return await planFacts(engine);
}
