import { TsrunError } from '../errors/index.js';
import type { Native } from './native.js';

/** Of module.cc and messages.h: the addon on disk must have been built from the same sources as this file. */
const INTERFACE_VERSION = 14;
const WIRE_VERSION = 1;

let loaded: Native | undefined;

/**
 * The addon, loaded at the first call.
 * @throws TsrunError ERR_NATIVE when the file is missing, cannot be loaded or belongs to another version
 */
export function native(): Native {
	loaded ??= loadAddon(addonPath(import.meta.url));
	return loaded;
}

/**
 * Where the addon of this installation is. It is derived from the place of the running code alone: whoever can choose the
 * current directory, a temporary directory or a variable of the environment must not choose the code that runs here.
 */
export function addonPath(moduleUrl: string): string {
	// A Bun-compiled program's modules live in a virtual folder; Bun asks the kernel (/proc/self/exe) which file is running.
	if (moduleUrl.startsWith('file:///$bunfs/')) return `${above(process.execPath, 2)}/tsrun.node`;
	const { fileURLToPath } = process.getBuiltinModule('node:url');
	const installation = above(fileURLToPath(moduleUrl), 3);
	return moduleUrl.endsWith('.ts') ? `${installation}/dist/tsrun.node` : `${installation}/tsrun.node`;
}

/** `path` without its last components. */
function above(path: string, components: number): string {
	return components === 0 ? path : above(path.slice(0, path.lastIndexOf('/')), components - 1);
}

/**
 * Loads one file and checks that it fits.
 * @throws TsrunError ERR_NATIVE
 */
export function loadAddon(path: string): Native {
	const addon: { exports: Partial<Native> } = { exports: {} };
	try {
		// Not require(): a bundler would embed the file, and an embedded addon is unpacked into the temporary directory.
		process.dlopen(addon, path);
	} catch (cause) {
		throw new TsrunError('ERR_NATIVE', `cannot load the native addon ${path}`, {
			path,
			cause,
			hint: 'Build it with "npm run build", or install tsrun again.',
		});
	}
	const { interfaceVersion, wireVersion } = addon.exports;
	if (interfaceVersion !== INTERFACE_VERSION || wireVersion !== WIRE_VERSION) {
		throw new TsrunError(
			'ERR_NATIVE',
			`the native addon ${path} speaks version ${interfaceVersion}/${wireVersion}, ` +
				`this library ${INTERFACE_VERSION}/${WIRE_VERSION}`,
			{ path, hint: 'Library and addon come from different releases: install tsrun again.' },
		);
	}
	return addon.exports as Native;
}
