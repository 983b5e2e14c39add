import { countAbove, counting } from '../harness/counter.js';
import { watchStage } from '../harness/leftovers.js';
import { checkpoints, scenarioWith } from '../harness/runtimes.js';
import { records, withPodman } from './engine.js';

withPodman((podman, runtime) => {
	const needs = [checkpoints(runtime)];
	const count = async (name: string, above: number) =>
		Number(await podman.output('exec', name, 'sh', '-c', countAbove(above)));

	scenarioWith(
		needs,
		'container checkpoint and restore: the program goes on where it was',
		async () => {
			const leftovers = watchStage(records);
			{
				await using _box = await podman.start('saved', [], counting);
				const before = await count('saved', 5);
				await podman.output('container', 'checkpoint', 'saved');
				expect(await podman.output('inspect', '--format', '{{.State.Status}}', 'saved')).toBe('exited');
				await podman.output('container', 'restore', 'saved');
				expect(await podman.output('inspect', '--format', '{{.State.Status}}', 'saved')).toBe('running');
				expect(await count('saved', before)).toBeGreaterThan(before);
				await podman.output('stop', '--time', '0', 'saved');
			}
			expect(await leftovers()).toEqual([]);
		},
		60_000,
	);

	scenarioWith(
		needs,
		'container checkpoint --leave-running',
		async () => {
			await using _box = await podman.start('left', [], counting);
			const before = await count('left', 5);
			await podman.output('container', 'checkpoint', '--leave-running', 'left');
			expect(await count('left', before)).toBeGreaterThan(before);
		},
		60_000,
	);
});
