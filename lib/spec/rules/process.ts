import { isAbsolute } from '../../paths.js';
import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Process } from '../types.js';

export const absoluteCwd: Rule<Process> = function* ({ cwd }, at) {
	if (!isAbsolute(cwd)) yield { pointer: `${at}/cwd`, message: `must be an absolute path, found ${showValue(cwd)}` };
};

/** environ(7): NAME=value. Other strings reach the program all the same and every libc treats them in another way. */
export const namedEnvironment: Rule<Process> = function* ({ env }, at) {
	for (const [index, entry] of env?.entries() ?? []) {
		if (entry.indexOf('=') > 0) continue;
		const message = `must have the form NAME=value, found ${showValue(entry)}`;
		yield { pointer: `${at}/env/${index}`, message };
	}
};

/** struct winsize has 16 bits for each; without a terminal the size is to be ignored, whatever it is. */
export const consoleSizeFits: Rule<Process> = function* ({ terminal, consoleSize }, at) {
	if (terminal !== true || consoleSize === undefined) return;
	for (const side of ['height', 'width'] as const) {
		if (consoleSize[side] <= 0xffff) continue;
		const message = `must be at most 65535 for a terminal, found ${consoleSize[side]}`;
		yield { pointer: `${at}/consoleSize/${side}`, message };
	}
};
