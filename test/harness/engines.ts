import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Requirement } from './requirement.js';

const repository = resolve(import.meta.dirname, '../..');
const { bunExecutable } = (await import(`${repository}/scripts/build/bun.mjs` as string)) as {
	bunExecutable(): string;
};

/** A JavaScript engine, and what it takes to have it. */
export interface EngineUnderTest {
	readonly name: string;
	readonly requirement: Requirement;
	readonly path: () => string;
}

/** The engines that the library is written for. */
export const engines: readonly EngineUnderTest[] = [
	{ name: `Node.js ${process.versions.node}`, requirement: given(() => true), path: () => process.execPath },
	{ name: 'Node.js 22', requirement: given(() => fetchNode('22')), path: () => nodePath('22') },
	{ name: 'Bun', requirement: given(() => bunExecutable() !== ''), path: bunExecutable },
];

function given(met: () => boolean): Requirement {
	return { what: 'the engine, which npm could not fetch', met };
}

// The platform's own package is the executable alone; that of the name `node` needs an install script to fetch it.
const folderOf = (major: string) => join(repository, '.cache/engines', `node-${major}`);
const nodePath = (major: string) => join(folderOf(major), `node_modules/node-linux-${process.arch}/bin/node`);

/** Has npm fetch a Node.js once per checkout. */
function fetchNode(major: string): boolean {
	const folder = folderOf(major);
	if (!existsSync(nodePath(major))) {
		mkdirSync(folder, { recursive: true });
		const names = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-${process.arch}@${major}`];
		spawnSync('npm', ['install', '--prefix', folder, ...names], { cwd: folder, stdio: 'ignore', timeout: 180_000 });
	}
	return existsSync(nodePath(major));
}
