import { ConfigError } from '../errors/index.js';
import type { Seccomp } from '../spec/types.js';

/** The BPF program of a profile. */
export function compileSeccomp(_profile: Seccomp): Uint8Array {
	throw new ConfigError('ERR_CONFIG_UNSUPPORTED', 'config.json', [
		{ pointer: '/linux/seccomp', message: 'seccomp profiles are not performed yet' },
	]);
}
