import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from './bundle.js';
import type { Config } from './config.js';
import { eventually } from './eventually.js';
import { newRuntime } from './inside.js';
import type { Requirement } from './requirement.js';
import { containerId, scratch } from './scratch.js';

/** Answers the same for the whole file: it takes CRIU a while to look at the kernel. */
let works: boolean | undefined;

/** 3.17 of Debian 12 refuses the vDSO of kernels that are newer than itself. */
export const criu: Requirement = {
	what: 'a CRIU that works with this kernel (criu check)',
	met: () => {
		works ??= spawnSync('criu', ['check'], { stdio: 'ignore' }).status === 0;
		return works;
	},
};

/** For what is found out before CRIU has anything to do. */
export const criuProgram: Requirement = {
	what: 'a CRIU of any version',
	met: () => spawnSync('criu', ['--version'], { stdio: 'ignore' }).status === 0,
};

/** A bundle whose program counts in the file /count of its root file system, and prints nothing. */
export function countingBundle(edit: (config: Config) => void = () => {}, before = ':'): Bundle {
	const loop = 'i=0; while :; do i=$((i+1)); echo $i >/new; mv /new /count; sleep 0.02; done';
	return scriptBundle(`${before}; ${loop}`, (config) => {
		config.root.readonly = false;
		edit(config);
	});
}

/** How far the program has counted. */
export function countOf({ rootfs }: Pick<Bundle, 'rootfs'>): number {
	try {
		return Number(readFileSync(join(rootfs, 'count'), 'utf8'));
	} catch {
		return 0;
	}
}

/** Waits until it has counted further than `from`. */
export async function counted(bundle: Pick<Bundle, 'rootfs'>, from = 5): Promise<void> {
	await eventually(`the container counts beyond ${from}`, () => countOf(bundle) > from);
}

/**
 * A container that counted, and was saved: what it is restored from.
 *
 * @param edit changes its configuration
 */
export async function savedCounting(edit?: (config: Config) => void) {
	const runtime = newRuntime();
	const bundle = countingBundle(edit);
	const images = scratch('images');
	await using container = await runtime.run(containerId(), bundle.path, { stdio: 'ignore' });
	await counted(bundle);
	await container.checkpoint(images);
	return { runtime, bundle, images, id: container.id, count: countOf(bundle) };
}

/**
 * Waits until the count of a restored container goes on, and fails if it has begun anew: the restored program is the one
 * that was saved.
 */
export async function countsOn(bundle: Pick<Bundle, 'rootfs'>, from: number): Promise<void> {
	await counted(bundle, from);
	expect(countOf(bundle)).toBeLessThan(from + 1000);
}
