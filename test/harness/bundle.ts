import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseConfig } from './base-config.js';
import type { Config } from './config.js';
import { makeRootfs } from './rootfs.js';
import { scratch } from './scratch.js';

/** A bundle on disk, and what its config.json says. */
export interface Bundle {
	readonly path: string;
	readonly rootfs: string;
	readonly config: Config;
}

/**
 * Makes a bundle with a busybox rootfs of its own and a config.json as `tsrun spec` writes it, without a terminal and with
 * `/bin/true` for a program, changed by `edit`.
 *
 * @param edit changes the configuration in place
 * @param rootfs `empty` for tests that never get as far as running something
 */
export function bundle(edit: (config: Config) => void = () => {}, rootfs: 'busybox' | 'empty' = 'busybox'): Bundle {
	const path = scratch('bundle');
	const config = baseConfig();
	edit(config);
	const target = join(path, 'rootfs');
	if (rootfs === 'busybox') makeRootfs(target);
	else mkdirSync(target);
	writeFileSync(join(path, 'config.json'), JSON.stringify(config, null, '\t'));
	return { path, rootfs: target, config };
}

/** A bundle whose program is a shell script; see {@link bundle}. */
export function scriptBundle(script: string, edit: (config: Config) => void = () => {}): Bundle {
	return bundle((config) => {
		config.process.args = ['sh', '-c', script];
		edit(config);
	});
}
