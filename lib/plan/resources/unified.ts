import { escapePart } from '../../spec/pointer.js';
import { alone, type LimitGroup, type LimitRequest } from './limit.js';

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
			yield alone(`${directory}/${file}`, line, pointer);
		}
	}
}
