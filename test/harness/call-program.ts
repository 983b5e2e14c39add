import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Requirement } from './requirement.js';

const source = resolve(import.meta.dirname, 'programs/call.c');
const folder = resolve(import.meta.dirname, '../../.cache/programs');
const compilers = ['musl-gcc', 'gcc', 'cc'];

/** A C compiler that makes static programs: the container has no libc. */
export const staticCompiler: Requirement = {
	what: 'a C compiler for static programs',
	met: () => programPath() !== undefined,
};

let compiled: string | undefined;

function programPath(): string | undefined {
	const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
	const path = join(folder, `call-${digest}`);
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

/** Puts the program `call` (programs/call.c) into the /bin of a root file system. */
export function installCall(rootfs: string): void {
	compiled ??= programPath();
	if (compiled === undefined) throw new Error(`no static program can be made of ${source}`);
	copyFileSync(compiled, join(rootfs, 'bin/call'));
}
