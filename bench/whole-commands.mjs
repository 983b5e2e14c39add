// Scenarios that are commands, timed from outside: what a shell or an engine waits for.
import { execFileSync } from 'node:child_process';
import { summarise } from './statistics.mjs';
import { tool } from './tools.mjs';

/**
 * Times one scenario with each runtime in turn.
 *
 * @param scenario `commands(runtime)` gives the commands of one run; `prepare`/`finish` are called around all runs
 * @returns summary by runtime name
 */
export function timeCommands(runs, runtimes, scenario) {
	try {
		for (const runtime of runtimes) scenario.prepare?.(runtime);
		const lists = runtimes.map((runtime) =>
			(runtime.floor ?? scenario.commands(runtime)).flatMap((command, index) =>
				index === 0 ? command : ['+', ...command],
			),
		);
		const output = execFileSync(tool('timer'), [String(runs), ...lists.flatMap((list) => ['--', ...list])], {
			encoding: 'utf8',
			maxBuffer: 1 << 26,
		});
		const samples = runtimes.map(() => []);
		for (const line of output.trim().split('\n')) {
			const [number, ns] = line.split(' ').map(Number);
			samples[number].push(ns);
		}
		return new Map(runtimes.map(({ name }, index) => [name, summarise(samples[index])]));
	} finally {
		for (const runtime of runtimes) scenario.finish?.(runtime);
	}
}
