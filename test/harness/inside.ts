import { text } from 'node:stream/consumers';
import { type CreateOptions, type Exit, type PlanWarning, Runtime, type RuntimeOptions } from '../../lib/index.js';
import { scriptBundle } from './bundle.js';
import type { Config } from './config.js';
import { containerId } from './scratch.js';
import { stateRoot } from './state-root.js';

/** What a container that has ended left to look at. */
export interface Outcome {
	readonly stdout: string;
	readonly stderr: string;
	readonly exit: Exit;
	readonly warnings: readonly PlanWarning[];
}

export interface RunOptions extends CreateOptions {
	readonly id?: string;
	/** Milliseconds after which the container is killed; 15 s by default. */
	readonly limit?: number;
}

/** A runtime on this file's state root. */
export function newRuntime(options: RuntimeOptions = {}): Runtime {
	return new Runtime({ root: stateRoot(), ...options });
}

/** Runs a bundle to its end, with pipes, and deletes the container. */
export async function run(bundlePath: string, options: RunOptions = {}): Promise<Outcome> {
	const warnings: PlanWarning[] = [];
	const runtime = newRuntime({ onWarning: (warning) => warnings.push(warning) });
	const { id = containerId(), limit = 15_000, ...create } = options;
	await using container = await runtime.create(id, bundlePath, { stdio: 'pipe', ...create });
	await container.start();
	const timer = setTimeout(() => void container.kill(9), limit);
	try {
		const [stdout, stderr] = await Promise.all(
			[container.stdout, container.stderr].map((stream) => (stream === null ? '' : text(stream))),
		);
		return { stdout: stdout ?? '', stderr: stderr ?? '', exit: await container.wait(), warnings };
	} finally {
		clearTimeout(timer);
	}
}

/**
 * What a shell script prints in a container. Fails when it ends with another status than 0, or says something on stderr.
 *
 * @returns its output without the newline at the end
 */
export async function inside(
	script: string,
	edit: (config: Config) => void = () => {},
	options: RunOptions = {},
): Promise<string> {
	const outcome = await run(scriptBundle(script, edit).path, options);
	expect(outcome).toMatchObject({ exit: { code: 0, signal: null }, stderr: '' });
	return outcome.stdout.trimEnd();
}
