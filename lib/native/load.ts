import { readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TsrunError } from '../errors/index.js';
import type { Native } from './native.js';

/** Of module.cc and messages.h: the addon on disk must have been built from the same sources as this file. */
const INTERFACE_VERSION = 6;
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
	// A Bun-compiled program's modules live in a virtual folder. The link is the kernel's word on which file is running.
	if (moduleUrl.startsWith('file:///$bunfs/')) return resolve(dirname(readlinkSync('/proc/self/exe')), '../tsrun.node');
	const { fileURLToPath } = process.getBuiltinModule('node:url');
	const here = dirname(fileURLToPath(moduleUrl));
	return moduleUrl.endsWith('.ts') ? resolve(here, '../../dist/tsrun.node') : resolve(here, '../../tsrun.node');
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
