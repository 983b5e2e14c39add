import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../harness/call.js';
import { countAbove, counting } from '../harness/counter.js';
import { watchStage } from '../harness/leftovers.js';
import { checkpoints, scenarioWith } from '../harness/runtimes.js';
import { folder } from '../harness/stage.js';
import { records } from './engine.js';
import { withCtr } from './scenarios.js';

withCtr((ctr, runtime) => {
	const count = async (id: string, above: number) => {
		const words = ['task', 'exec', '--exec-id', `count${above}`, id, 'sh', '-c', countAbove(above)];
		return Number(await output(['ctr', ...words]));
	};

	scenarioWith(
		[checkpoints(runtime)],
		'task checkpoint, container checkpoint and restore: the program goes on where it was',
		async () => {
			const leftovers = watchStage(records);
			{
				await using _box = await ctr.start('saved', [], counting);
				const place = folder('checkpoint');
				await output(['ctr', 'task', 'checkpoint', '--image-path', place, 'saved']);
				expect(existsSync(join(place, 'inventory.img'))).toBe(true);
			}
			{
				const name = 'localhost/saved:one';
				let before: number;
				{
					// The restored container is in the same cgroup, which has to be left by then.
					await using _box = await ctr.start('first-life', [], counting);
					before = await count('first-life', 5);
					await output(['ctr', 'container', 'checkpoint', '--task', '--rw', '--image', 'first-life', name]);
				}
				await output(['ctr', 'container', 'restore', '--live', '--rw', 'second-life', name]);
				expect(await count('second-life', before)).toBeGreaterThan(before);
				await ctr.call('task', 'delete', '--force', 'second-life');
				await output(['ctr', 'container', 'delete', 'second-life']);
			}
			expect(await leftovers()).toEqual([]);
		},
		60_000,
	);
});
