import { eightAtATime } from '../harness/at-a-time.js';
import { watchStage } from '../harness/leftovers.js';
import { records, withDocker } from './engine.js';

withDocker((docker) => {
	test('two hundred containers, eight at a time, and nothing is left', async () => {
		const leftovers = watchStage(records);
		const failures = await eightAtATime(200, async (number) => {
			await using box = await docker.start(`soak-${number}`);
			expect(await box.inside('echo here')).toBe('here');
			await docker.output('stop', box.name);
			expect(await docker.inspect(box.name, '.State.ExitCode')).toBe('3');
		});
		expect(failures).toEqual([]);
		expect(await docker.output('ps', '--all', '--quiet')).toBe('');
		expect(await leftovers()).toEqual([]);
	}, 600_000);
});
