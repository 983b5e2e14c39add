import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controller } from '../harness/controllers.js';
import { scratch } from '../harness/scratch.js';

const mebibyte = 1024 * 1024;

/** linux.resources with a limit of each kind that the controllers here can set. */
export function limitsHere(size: number): object {
	return {
		...(controller('memory').met() ? { memory: { limit: size * mebibyte } } : {}),
		...(controller('pids').met() ? { pids: { limit: size } } : {}),
		...(controller('hugetlb').met() ? { hugepageLimits: [{ pageSize: '2MB', limit: size * mebibyte }] } : {}),
	};
}

/** A file with them, for `tsrun update --resources`. */
export function limitsFile(size: number): string {
	const path = join(scratch('limits'), 'resources.json');
	writeFileSync(path, JSON.stringify(limitsHere(size)));
	return path;
}
