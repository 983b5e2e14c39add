import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../../harness/requirement.js';

/** What scripts/clients.mjs tells the tests about the place they run in. */
const { TSRUN_STAGE_WORK: work, TSRUN_STAGE_IMAGE: archive } = process.env;

/** How many times longer everything may take: more than once where processors are emulated. */
export const patience = Number(process.env['TSRUN_STAGE_PATIENCE'] ?? 1);

/** The private namespaces, packages and image of `npm run test:clients`. */
export const stage: Requirement = {
	what: 'the stage of npm run test:clients',
	met: () => work !== undefined && archive !== undefined,
};

/** A program of a Debian package. */
export function packaged(program: string): Requirement {
	return {
		what: program,
		met: () => ['/usr/sbin', '/usr/bin'].some((folder) => existsSync(join(folder, program))),
	};
}

/** The name of the one image there is. */
export const image = 'docker.io/library/tsrun-busybox:latest';

/** The image as a file: OCI layout and `docker save` in one. */
export function imageArchive(): string {
	return defined(archive);
}

/** A new empty directory on disk, removed with the stage. */
export function folder(name: string): string {
	mkdirSync(defined(work), { recursive: true });
	const path = mkdtempSync(join(defined(work), `${name}-`));
	// Containers with ids of others reach their files through it.
	chmodSync(path, 0o755);
	return path;
}

function defined(value: string | undefined): string {
	if (value === undefined) throw new Error('outside of the stage that npm run test:clients makes');
	return value;
}
