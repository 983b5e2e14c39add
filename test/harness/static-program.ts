import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Requirement } from './requirement.js';

const sources = resolve(import.meta.dirname, 'programs');
const folder = resolve(import.meta.dirname, '../../.cache/programs');
const compilers = ['musl-gcc', 'gcc', 'cc'];
const compiled = new Map<string, string | undefined>();

/** A C compiler that makes static programs: the container has no libc. */
export const staticCompiler: Requirement = {
	what: 'a C compiler for static programs',
	met: () => staticProgram('call') !== undefined,
};

/** Path of the program made of `programs/<name>.c`; undefined where no compiler makes one. */
export function staticProgram(name: string): string | undefined {
	if (!compiled.has(name)) compiled.set(name, compile(name));
	return compiled.get(name);
}

function compile(name: string): string | undefined {
	const source = join(sources, `${name}.c`);
	const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
	const path = join(folder, `${name}-${digest}`);
	if (existsSync(path)) return path;
	mkdirSync(folder, { recursive: true });
	const fresh = `${path}.${process.pid}`;
	for (const compiler of compilers) {
		try {
			execFileSync(compiler, ['-static', '-O1', '-o', fresh, source], { stdio: 'ignore' });
			renameSync(fresh, path);
			return path;
		} catch {
			// The next one may do.
		}
	}
	return undefined;
}

/** Puts a program into the /bin of a root file system; see {@link staticProgram}. */
export function installProgram(name: string, rootfs: string): void {
	const path = staticProgram(name);
	if (path === undefined) throw new Error(`no static program can be made of ${name}.c`);
	copyFileSync(path, join(rootfs, 'bin', name));
}
