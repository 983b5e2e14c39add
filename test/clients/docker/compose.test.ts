import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallResult, call, output } from '../harness/call.js';
import { watchStage } from '../harness/leftovers.js';
import { scenarioWith } from '../harness/runtimes.js';
import { folder, packaged } from '../harness/stage.js';
import { image, records, service, withDocker } from './engine.js';

const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];

const project = {
	// Older compose wants to be told.
	version: '3',
	services: {
		server: { image, command: server, volumes: ['data:/data'] },
		client: {
			image,
			command: service,
			depends_on: ['server'],
			environment: { NAME: 'value' },
			volumes: ['data:/data'],
		},
	},
	volumes: { data: {} },
};

withDocker((docker, runtime) => {
	scenarioWith(
		[packaged('docker-compose')],
		'compose: two services, their network and volume',
		async () => {
			const leftovers = watchStage(records);
			const own = folder('composed');
			// JSON is YAML as well.
			writeFileSync(join(own, 'docker-compose.yml'), JSON.stringify(project));
			const options = { cwd: own, env: { COMPOSE_PROJECT_NAME: 'composed' }, timeout: 60_000 };
			const compose = (...words: string[]): Promise<CallResult> => call(['docker-compose', ...words], options);
			const shown = (...words: string[]): Promise<string> => output(['docker-compose', ...words], options);

			await shown('up', '--detach');
			try {
				const [id] = (await shown('ps', '--quiet', 'client')).split('\n');
				expect(await docker.inspect(id ?? '', '.HostConfig.Runtime')).toBe(runtime.name);
				expect(await shown('exec', '-T', 'client', 'sh', '-c', 'until nc server 80; do :; done; echo $NAME')).toBe(
					'hello\nvalue',
				);
				await shown('exec', '-T', 'server', 'touch', '/data/shared');
				expect(await shown('exec', '-T', 'client', 'ls', '/data')).toBe('shared');
				expect(await compose('exec', '-T', 'client', 'sh', '-c', 'exit 7')).toMatchObject({ status: 7 });
				await shown('stop', 'client');
				expect(await docker.inspect(id ?? '', '.State.ExitCode')).toBe('3');
				expect(await shown('logs', '--no-color', 'client')).toMatch(/ready\n.*ended/);
				await shown('start', 'client');
				expect(await shown('run', '--rm', '-T', 'client', 'echo', 'once')).toBe('once');
			} finally {
				await shown('down', '--volumes', '--timeout', '1');
			}
			expect(await docker.output('ps', '--all', '--quiet')).toBe('');
			expect(await leftovers()).toEqual([]);
		},
		120_000,
	);
});
