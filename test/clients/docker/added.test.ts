import { watchStageOfTests } from '../harness/leftovers.js';
import { records, startDockerByFlag, withDocker } from './engine.js';

withDocker((docker, runtime) => {
	const leftovers = watchStageOfTests(records);

	test('dockerd --add-runtime: known beside the default, and used when asked for', async () => {
		expect(await docker.output('info', '--format', '{{.DefaultRuntime}}')).toBe('runc');
		expect(await docker.output('info', '--format', '{{range $name, $_ := .Runtimes}}{{$name}} {{end}}')).toContain(
			runtime.name,
		);
		await using box = await docker.start('added');
		expect(await docker.inspect(box.name, '.HostConfig.Runtime')).toBe(runtime.name);
		expect(await box.inside('echo inside')).toBe('inside');
	});

	test('dockerd --add-runtime: afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
}, startDockerByFlag);
