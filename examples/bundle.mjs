// What the examples have in common: a config.json made from the default one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defaultSpec } from '../dist/lib/index.js';

/**
 * A bundle in a temporary directory, removed when the program ends: the root file system of `box`, the program `args`,
 * and what `edit` changes in the config.
 */
export function makeBundle(box, args, edit = () => {}) {
	const bundle = mkdtempSync(join(tmpdir(), 'tsrun-example-'));
	process.on('exit', () => rmSync(bundle, { recursive: true }));
	const spec = defaultSpec({ cgroup2: false, uid: 0, gid: 0 });
	spec.root.path = resolve(box, 'rootfs');
	spec.process.terminal = false;
	spec.process.args = args;
	edit(spec);
	writeFileSync(join(bundle, 'config.json'), JSON.stringify(spec));
	return bundle;
}
