import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { controlTime } from './control.mjs';

/**
 * Makes, runs and deletes so many containers by the program, one after the other: `run`, and every tenth time `create`, `start` and
 * `delete`.
 *
 * @returns nanoseconds of each `run`, and of a control after each
 */
export function runByProgram({ word, stateRoot, bundle, program, cycles }) {
	// A pipe would be inherited by the container that `create` leaves, and awaited.
	const log = `${bundle}/log`;
	const call = (...words) => {
		const args = ['--root', stateRoot, '--log', log, ...words];
		const { status, signal } = spawnSync(program, args, { stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' });
		if (status === 0) return;
		throw new Error(`tsrun ${args.join(' ')} ended with ${status ?? signal}: ${readFileSync(log, 'utf8')}`);
	};
	const times = [];
	const controls = [];
	for (let cycle = 0; cycle < cycles; cycle++) {
		const id = `${word}-${cycle}`;
		if (cycle % 10 === 9) {
			call('create', '--bundle', bundle, id);
			call('start', id);
			call('delete', '--force', id);
			continue;
		}
		const start = process.hrtime.bigint();
		call('run', '--bundle', bundle, id);
		times.push(Number(process.hrtime.bigint() - start));
		controls.push(controlTime());
	}
	return { times: Float64Array.from(times), controls: Float64Array.from(controls) };
}
