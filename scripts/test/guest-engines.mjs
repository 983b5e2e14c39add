import { mkdirSync, rmSync } from 'node:fs';
import { inRoot } from '../build/paths.mjs';
import { archives } from '../clients/archives.mjs';
import { packImage } from '../clients/image.mjs';
import { unpackPackages } from '../clients/packages.mjs';
import { installProgram } from '../install/program.mjs';

/** Guests are slow where processors are emulated. */
const patience = 8;

/**
 * Prepares what test/vm/clients.sh lays over the guest's system, below the repository, which guests see: Debian's newest engines
 * with everything they need, for the guest is of a suite of its own, and the installed program.
 *
 * @returns variables for the guest, or what is `lacking`
 */
export function prepareEngines() {
	const [cache, folder] = [inRoot('.cache/clients'), inRoot('.cache/vm/engines')];
	rmSync(folder, { recursive: true, force: true });
	for (const path of [cache, folder]) mkdirSync(path, { recursive: true });
	let packages;
	try {
		const archive = archives(cache).sid();
		packages = unpackPackages(archive, archive.packages, cache);
	} catch (error) {
		if (typeof error.status !== 'number') throw error;
		return { lacking: 'needs the Debian packages of the engines, which apt-get cannot get' };
	}
	installProgram(folder);
	const variables = {
		TSRUN_GUEST_PACKAGES: packages,
		TSRUN_GUEST_INSTALLED: folder,
		TSRUN_STAGE_IMAGE: packImage(folder),
		TSRUN_STAGE_PATIENCE: String(patience),
	};
	return { variables };
}
