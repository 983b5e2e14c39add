import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { inRoot } from '../build/paths.mjs';
import { copyInOneGo } from './copy.mjs';

/**
 * What one installation consists of, by its place below the prefix; the launcher finds the others next to itself. It comes
 * last, so that who calls it in the middle of an update gets an old or a new one, and never one without its parts.
 */
const parts = [
	{ from: 'dist/libexec/tsrun', to: 'lib/tsrun/libexec/tsrun', mode: 0o755 },
	{ from: 'dist/tsrun.node', to: 'lib/tsrun/tsrun.node', mode: 0o644 },
	{ from: 'dist/tsrun', to: 'lib/tsrun/tsrun', mode: 0o755 },
];

/**
 * Installs the built program and its manual pages below a prefix, over an older installation too. All links are relative, so
 * that a package may be made from any folder.
 *
 * @param prefix directory such as /usr/local, made where it is not there
 * @returns absolute paths of what was installed
 * @throws Error when something was not built, before anything is changed, or cannot be written
 */
export function installProgram(prefix) {
	const missing = parts.filter(({ from }) => !existsSync(inRoot(from)));
	if (missing.length > 0) throw new Error(`${missing[0].from} is not built: npm run build`);
	const files = [...parts, ...manualPages()];
	for (const { from, to, mode } of files) replace(resolve(prefix, to), (path) => copyInOneGo(inRoot(from), path, mode));
	replace(resolve(prefix, 'bin/tsrun'), (path) => symlinkSync('../lib/tsrun/tsrun', path));
	return [...files.map(({ to }) => resolve(prefix, to)), resolve(prefix, 'bin/tsrun')];
}

function manualPages() {
	const folder = inRoot('dist/man');
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true })
		.filter((name) => /\.[1-8]$/.test(name))
		.map((name) => {
			const section = extname(name).slice(1);
			return { from: join('dist/man', name), to: join('share/man', `man${section}`, basename(name)), mode: 0o644 };
		});
}

// By rename: the old file may be running, and what calls it meanwhile needs a whole one.
function replace(path, make) {
	mkdirSync(dirname(path), { recursive: true });
	const fresh = `${path}.new`;
	rmSync(fresh, { force: true });
	try {
		make(fresh);
		renameSync(fresh, path);
	} finally {
		rmSync(fresh, { force: true });
	}
}
