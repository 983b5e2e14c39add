import { countAbove, counting } from '../harness/counter.js';
import { watchStage } from '../harness/leftovers.js';
import { checkpoints, scenarioWith } from '../harness/runtimes.js';
import { records, startDocker, withDocker } from './engine.js';

withDocker(
	(docker, runtime) => {
		// `start --checkpoint` fails in the Docker of today, with every runtime, before it calls one (content ... already exists).
		scenarioWith(
			[checkpoints(runtime)],
			'checkpoint create: the container goes on, or has ended',
			async () => {
				const leftovers = watchStage(records);
				{
					await using box = await docker.start('saved', ['--network', 'none'], counting);
					const before = Number(await box.inside(countAbove(5)));
					await docker.output('checkpoint', 'create', '--leave-running', box.name, 'one');
					expect(Number(await box.inside(countAbove(before)))).toBeGreaterThan(before);
					await docker.output('checkpoint', 'create', box.name, 'two');
					await docker.output('wait', box.name);
					expect(await docker.inspect(box.name, '.State.Status')).toBe('exited');
					expect(await docker.output('checkpoint', 'ls', box.name)).toMatch(/^one\s+two$/m);
				}
				expect(await leftovers()).toEqual([]);
			},
			60_000,
		);
	},
	(runtime) => startDocker(runtime, { experimental: true }),
);
