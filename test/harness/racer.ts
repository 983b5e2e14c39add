import type { OwnedContainer } from '../../lib/index.js';
import { bundle } from './bundle.js';
import { newRuntime } from './inside.js';
import { ready } from './limited.js';
import { containerId } from './scratch.js';
import { installProgram } from './static-program.js';

/**
 * A container that shares a directory of the host and exchanges two names in it without end, for as long as it is in scope:
 * the other half of an attack, while another container is made of the same directory.
 */
export async function exchange(directory: string, one: string, other: string): Promise<OwnedContainer> {
	const box = bundle((config) => {
		config.process.args = ['swap', `/shared/${one}`, `/shared/${other}`];
		config.mounts.push({ destination: '/shared', source: directory, options: ['bind'] });
	});
	installProgram('swap', box.rootfs);
	const racer = await newRuntime().create(containerId('racer'), box.path, { stdio: 'pipe' });
	await ready(racer, 'racing');
	return racer;
}

/** How often an attempt was made, and how many came to an end without an error. */
export interface Rounds {
	readonly tried: number;
	readonly succeeded: number;
	/** What was said of the failures, each once. */
	readonly failures: ReadonlySet<string>;
}

/** Repeats an attempt, one after the other, for as many seconds, and looks after each of them. */
export async function repeat(seconds: number, attempt: () => Promise<unknown>, look: () => void): Promise<Rounds> {
	const end = performance.now() + seconds * 1000;
	const failures = new Set<string>();
	let [tried, succeeded] = [0, 0];
	while (performance.now() < end) {
		tried++;
		try {
			await attempt();
			succeeded++;
		} catch (error) {
			failures.add((error as Error).message);
		}
		look();
	}
	return { tried, succeeded, failures };
}
