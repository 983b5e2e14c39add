import { readdirSync } from 'node:fs';
import { errnoOf } from '../../os/index.js';
import type { CgroupPaths } from '../freezer.js';
import { controllerDirectory } from './controller-directory.js';
import { readCounter, readCounters } from './counters.js';

/** Huge pages of one size, bytes; reservations where the kernel counts them (Linux 5.7), else pages in use. */
export interface HugetlbStats {
	/** Now. */
	readonly usage: bigint;
	/** The most there ever was; 0 on v2, which does not tell. */
	readonly peak: bigint;
	/** How often the limit was hit. */
	readonly failures: bigint;
}

const usageFile = /^hugetlb\.([0-9]+[KMGT]B)\.(rsvd\.)?(?:usage_in_bytes|current)$/;

export function hugetlbStats(paths: CgroupPaths): Record<string, HugetlbStats> | undefined {
	const place = controllerDirectory(paths, 'hugetlb');
	if (place === undefined) return undefined;
	const { directory, version } = place;
	const bySize = new Map<string, HugetlbStats>();
	// Sorted, `2MB.rsvd.usage` comes before `2MB.usage`: the better one is met first.
	for (const name of filesOf(directory).sort()) {
		const [, size, reserved = ''] = usageFile.exec(name) ?? [];
		if (size === undefined || (bySize.has(size) && reserved === '')) continue;
		const at = `${directory}/hugetlb.${size}.${reserved}`;
		bySize.set(size, {
			usage: readCounter(`${directory}/${name}`) ?? 0n,
			peak: readCounter(`${at}max_usage_in_bytes`) ?? 0n,
			failures:
				version === 1
					? (readCounter(`${at}failcnt`) ?? 0n)
					: (readCounters(`${directory}/hugetlb.${size}.events`)?.get('max') ?? 0n),
		});
	}
	return bySize.size === 0 ? undefined : Object.fromEntries(bySize);
}

function filesOf(directory: string): string[] {
	try {
		return readdirSync(directory);
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return [];
		throw error;
	}
}
