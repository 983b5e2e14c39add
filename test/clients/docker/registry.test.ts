import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../harness/call.js';
import { Daemon } from '../harness/daemon.js';
import { scenarioWith } from '../harness/runtimes.js';
import { folder, packaged } from '../harness/stage.js';
import { image, withDocker } from './engine.js';

/** A registry on loopback, which Docker speaks plain HTTP with. */
async function startRegistry(port: number): Promise<Daemon> {
	const own = folder('registry');
	const settings = { version: 0.1, http: { addr: `127.0.0.1:${port}` } };
	// JSON is YAML as well.
	const file = join(own, 'config.yml');
	writeFileSync(file, JSON.stringify({ ...settings, storage: { filesystem: { rootdirectory: join(own, 'data') } } }));
	return Daemon.start(['docker-registry', 'serve', file], 'listening on');
}

withDocker((docker) => {
	scenarioWith([packaged('docker-registry')], 'push, pull, and a container of what was pulled', async () => {
		await using _registry = await startRegistry(5000);
		const name = '127.0.0.1:5000/folder/pushed:one';
		await docker.output('tag', image, name);
		await docker.output('push', name);
		await docker.output('rmi', name);
		await docker.output('pull', name);
		expect(await docker.output('run', '--rm', name, 'echo', 'pulled')).toBe('pulled');
		await docker.output('rmi', name);
		// What is not there yet is pulled by `run`, and a build's FROM.
		expect(await output(['docker', 'run', '--rm', name, 'echo', 'again'])).toBe('again');
		await docker.output('rmi', name);
	});

	test('save and load', async () => {
		const file = join(folder('saved'), 'saved.tar');
		await docker.output('tag', image, 'saved');
		await docker.output('save', '--output', file, 'saved');
		await docker.output('rmi', 'saved');
		await docker.output('load', '--input', file);
		expect(await docker.output('run', '--rm', 'saved', 'echo', 'loaded')).toBe('loaded');
		await docker.output('rmi', 'saved');
	});
});
