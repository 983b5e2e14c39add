import { escapePart } from '../../spec/pointer.js';
import { alone, type LimitGroup, type LimitRequest, type TableEntry } from './limit.js';

/**
 * Files of cgroup v2 by their names, written as they are, one write(2) for a line: the kernel takes one device or one
 * size at a time. They come after everything else, and so have the last word.
 */
export function* unifiedFiles(request: LimitRequest): Generator<LimitGroup> {
	for (const [file, text] of Object.entries(request.asked.unified ?? {})) {
		const pointer = `/unified/${escapePart(file)}`;
		const directory = request.unifiedDirectory(file, pointer);
		if (directory === undefined) continue;
		for (const line of text.split('\n').filter((line) => line !== '')) {
			const entry = entryOf(file, line);
			yield alone(`${directory}/${file}`, line, pointer, entry === undefined ? {} : { entry });
		}
	}
}

/**
 * Files that are tables, and what is written after a key to have the kernel's own value again: without that a line that was not
 * there before could not be taken back (Documentation/admin-guide/cgroup-v2.rst, "Nested keyed" and "Flat keyed").
 */
const tables: Readonly<Record<string, string>> = {
	'dmem.low': '0',
	'dmem.max': 'max',
	'dmem.min': '0',
	'io.bfq.weight': 'default',
	'io.latency': 'target=0',
	'io.max': 'rbps=max wbps=max riops=max wiops=max',
	'io.weight': 'default',
	'misc.max': 'max',
	'rdma.max': 'hca_handle=max hca_object=max',
};

function entryOf(file: string, line: string): TableEntry | undefined {
	const unset = tables[file];
	const [key = '', ...rest] = line.trim().split(/\s+/);
	// A weight alone is that of everything which has none of its own.
	return unset === undefined || rest.length === 0 ? undefined : { key, absent: `${key} ${unset}` };
}
