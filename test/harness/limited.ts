import { text } from 'node:stream/consumers';
import { type OwnedContainer, Runtime } from '../../lib/index.js';
import { scriptBundle } from './bundle.js';
import type { Config } from './config.js';
import { containerId } from './scratch.js';
import { stateRoot } from './state-root.js';

/** A container, not started, that runs a shell script under limits; beside those it may use no devices but the usual. */
export async function limited(
	script: string,
	resources: object,
	edit: (config: Config) => void = () => {},
): Promise<OwnedContainer> {
	const { path } = scriptBundle(script, (config) => {
		config.linux['resources'] = resources;
		edit(config);
	});
	return new Runtime({ root: stateRoot() }).create(containerId(), path, { stdio: 'pipe' });
}

/** Runs a container to its end: what it has printed, and how it ended. */
export async function outcome(
	container: OwnedContainer,
): Promise<{ out: string; code: number | null; signal: unknown }> {
	if (container.stdout === null) throw new Error('there is no pipe');
	const out = text(container.stdout);
	await container.start();
	const { code, signal } = await container.wait();
	return { out: (await out).trim(), code, signal };
}

/** Starts a container, and waits for the line that its script prints when it is ready, or the first word of it; all it has said by then. */
export async function ready(container: OwnedContainer, line = 'ready'): Promise<string> {
	const { stdout } = container;
	if (stdout === null) throw new Error('there is no pipe');
	await container.start();
	let seen = '';
	stdout.setEncoding('utf8');
	for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
		seen += chunk;
		if (new RegExp(`^${line}\\b.*\\n`, 'm').test(seen)) return seen;
	}
	throw new Error(`the container ended without saying ${line}: ${seen}`);
}
