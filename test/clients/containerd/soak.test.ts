import { eightAtATime } from '../harness/at-a-time.js';
import { output } from '../harness/call.js';
import { watchStage } from '../harness/leftovers.js';
import { records } from './engine.js';
import { withCtr } from './scenarios.js';

withCtr((ctr) => {
	test('two hundred containers, eight at a time, and nothing is left', async () => {
		const leftovers = watchStage(records);
		const failures = await eightAtATime(200, async (number) => {
			const id = `soak${number}`;
			await using _box = await ctr.start(id);
			await output(['ctr', 'task', 'exec', '--exec-id', 'one', id, 'true']);
			// `attach` waits for the end, and deletes the task then.
			const attached = ctr.call('task', 'attach', id);
			await output(['ctr', 'task', 'kill', '--signal', 'SIGTERM', id]);
			expect((await attached).status).toBe(3);
		});
		expect(failures).toEqual([]);
		expect(await output(['ctr', 'containers', 'list', '--quiet'])).toBe('');
		expect(await leftovers()).toEqual([]);
	}, 600_000);
});
