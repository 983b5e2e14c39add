import { existsSync } from 'node:fs';
import { programProblem } from '../../launch/program-problem.js';
import type { BundleFault } from '../report.js';
import type { Inspection } from './inspection.js';

/** Where execvp(3) looks without PATH. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The program: whether it is in the image, and one that this kernel can run there. */
export function* programFaults({ spec, rootfs }: Inspection): Generator<BundleFault> {
	const [name] = spec.process?.args ?? [];
	if (name === undefined || !existsSync(rootfs)) return;
	const pointer = '/process/args/0';
	const candidates = name.includes('/')
		? [absolute(name, spec.process?.cwd ?? '/')]
		: searched(name, spec.process?.env ?? []);
	// What a mount hides or brings is not to be seen here.
	const covered = (path: string) =>
		(spec.mounts ?? []).some(
			({ destination }) => destination === '/' || path.startsWith(`${destination.replace(/\/+$/, '')}/`),
		);
	let missing = true;
	for (const path of candidates) {
		if (covered(path)) return;
		const problem = programProblem(rootfs, path);
		if (problem === undefined) return;
		if (problem.includes('is not in the root file system')) continue;
		missing = false;
		yield { pointer, message: `${path} cannot be executed`, hint: problem };
		return;
	}
	if (missing) {
		const where = name.includes('/') ? 'in the root file system' : 'in any directory of PATH';
		yield {
			pointer,
			message: `${name} is not to be found ${where}`,
			hint: 'Install it in the image, or name the program by its path.',
		};
	}
}

function searched(name: string, env: readonly string[]): string[] {
	const path = env.findLast((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? usualPath;
	return path
		.split(':')
		.filter((folder) => folder.startsWith('/'))
		.map((folder) => `${folder}/${name}`);
}

function absolute(name: string, cwd: string): string {
	return name.startsWith('/') ? name : `${cwd}/${name}`;
}
