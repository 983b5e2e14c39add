import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/** Keeps lib/version.ts equal to package.json, the one place where the version is changed. */
export function writeVersion() {
	const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
	const source = `/** The version of package.json; written by scripts/build/version.mjs. */\nexport const version = '${version}';\n`;
	const file = inRoot('lib/version.ts');
	if (!existsSync(file) || readFileSync(file, 'utf8') !== source) writeFileSync(file, source);
}
