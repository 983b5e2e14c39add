// What the design of the program costs, and what the first time of everything: a call repeated in the process that has done it before.
import { execFileSync } from 'node:child_process';
import { summarise } from './statistics.mjs';

/**
 * @param runs about how many calls are to be timed
 * @param command the words of one call, the program of once-more-program.mjs first
 * @returns summary of the calls after the first of each process
 */
export function timeOnceMore(runs, [program, ...words]) {
	const samples = [];
	while (samples.length < runs) {
		const lines = execFileSync(program, words, { encoding: 'utf8' }).trim().split('\n');
		samples.push(...lines.slice(1).map(Number));
	}
	return summarise(samples);
}
