import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';
import { writeVersion } from './version.mjs';

/** lib/ and cli/ as JavaScript with declarations, by tsc. */
export function buildLibrary({ force }) {
	writeVersion();
	const inputs = ['lib', 'cli', 'tsconfig.json', 'package-lock.json'];
	const outputs = ['dist/lib', 'dist/cli'];
	return unlessUpToDate({ name: 'library', inputs, outputs, force }, () => {
		// Into a folder of its own, so that a deleted source leaves nothing behind and a failed build keeps the last good one.
		const fresh = inRoot('.cache/build/library');
		rmSync(fresh, { recursive: true, force: true });
		run(process.execPath, [inRoot('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', '--outDir', fresh]);
		mkdirSync(inRoot('dist'), { recursive: true });
		for (const part of ['lib', 'cli']) {
			if (!existsSync(`${fresh}/${part}`)) continue;
			const old = `${fresh}/${part}.old`;
			if (existsSync(inRoot('dist', part))) renameSync(inRoot('dist', part), old);
			renameSync(`${fresh}/${part}`, inRoot('dist', part));
			rmSync(old, { recursive: true, force: true });
		}
	});
}
