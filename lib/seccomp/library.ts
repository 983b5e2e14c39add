import { TsrunError } from '../errors/index.js';
import type { Native } from '../native/index.js';

/**
 * The libseccomp that filters are compiled with.
 *
 * @throws TsrunError ERR_HOST_UNSUPPORTED
 */
export function libraryOf(compiler: Pick<Native, 'seccompLibrary'>): { version: string; architecture: number } {
	const library = compiler.seccompLibrary();
	if (library !== undefined) return library;
	throw new TsrunError('ERR_HOST_UNSUPPORTED', 'this tsrun was built without libseccomp', {
		pointer: '/linux/seccomp',
		hint: 'Build it where libseccomp.a is installed (Debian: libseccomp-dev).',
	});
}
