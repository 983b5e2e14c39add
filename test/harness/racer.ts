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

/** However slow the machine is, an attempt is made as often as this. */
const leastRounds = 8;

/** What came of the attempts. */
export interface Rounds {
	readonly tried: number;
	/** How many came to an end without an error. */
	readonly succeeded: number;
}

/**
 * Repeats an attempt, one after the other, and looks after each of them.
 *
 * @param seconds for as long, and eight times at least
 * @param attempt is told its number; that it fails is no failure of the test
 * @param look fails when something has happened that must not
 */
export async function repeat(
	seconds: number,
	attempt: (round: number) => Promise<unknown>,
	look: () => void,
): Promise<Rounds> {
	const end = performance.now() + seconds * 1000;
	let [tried, succeeded] = [0, 0];
	while (tried < leastRounds || performance.now() < end) {
		tried++;
		succeeded += await attempt(tried).then(
			() => 1,
			() => 0,
		);
		look();
	}
	return { tried, succeeded };
}
