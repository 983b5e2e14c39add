import type { Seccomp } from '../spec/types.js';
import type { Engine } from './engine.js';

/**
 * The BPF program of a profile, out of the cache below the state root where it is there.
 *
 * @throws TsrunError ERR_HOST_UNSUPPORTED, ERR_STEP_FAILED; ConfigError ERR_CONFIG_INVALID, ERR_CONFIG_UNSUPPORTED
 */
export async function compileFilter(engine: Engine, profile: Seccomp): Promise<Uint8Array> {
	const { filterProgram } = await import('../seccomp/program.js');
	return filterProgram(profile, {
		cacheDirectory: engine.store.filterCache,
		onCacheRefused: (reason) =>
			engine.onWarning({ message: `cache of seccomp filters: ${reason}`, pointer: '/linux/seccomp' }),
	});
}
