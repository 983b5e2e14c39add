import type { SpecInput } from '../spec/index.js';
import { loadBundle } from '../spec/load.js';
import type { LoadedSpec } from '../spec/read.js';
import type { Engine } from './engine.js';

/** Where the config of a container comes from: a bundle on disk, or an object of the calling program. */
export type ConfigSource =
	| { readonly bundle: string; readonly configFile?: string | undefined }
	| { readonly spec: SpecInput };

/** A config, and the absolute path of the bundle that the container has for it. */
export interface Config {
	readonly bundle: string;
	readonly loaded: LoadedSpec;
}

/**
 * Reads and checks a config. The bundle of one that is an object is the container's own directory in the state root, where a
 * copy of every config is kept: it holds a config.json, as hooks and `state` expect, and goes with the container.
 *
 * @throws TsrunError ERR_BUNDLE
 * @throws ConfigError ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID
 */
export async function loadConfig(engine: Engine, id: string, source: ConfigSource): Promise<Config> {
	if ('bundle' in source) {
		const loaded = await loadBundle(source.bundle, source.configFile, engine.phase);
		return { bundle: loaded.bundle ?? source.bundle, loaded };
	}
	const { readSpecObject } = await import('../spec/object.js');
	const bundle = `${engine.store.root}/${id}`;
	return { bundle, loaded: { ...(await readSpecObject(source.spec)), bundle } };
}
