import { buildContext, builtOutput, failingContext } from '../harness/build-context.js';
import { output } from '../harness/call.js';
import { withDocker } from './engine.js';

withDocker((docker) => {
	test.each([
		['the legacy builder', '0'],
		['BuildKit', '1'],
	])(
		'build of a Dockerfile with %s, and a container of it',
		async (_, buildkit) => {
			const words = ['--build-arg', 'number=5', '--tag', 'built', buildContext()];
			await output(['docker', 'build', ...words], { env: { DOCKER_BUILDKIT: buildkit }, timeout: 60_000 });
			expect(await docker.output('run', '--rm', 'built')).toBe(builtOutput);
			expect(await docker.inspect('built', '.Config.Healthcheck.Test')).toBe('[CMD-SHELL test -e /built]');
			await docker.output('rmi', '--force', 'built');
		},
		90_000,
	);

	test.each([
		['the legacy builder', '0', /returned a non-zero code: 9/],
		['BuildKit', '1', /exit code: 9/],
	])('a step that fails, with %s', async (_, buildkit, words) => {
		const env = { DOCKER_BUILDKIT: buildkit };
		await expect(output(['docker', 'build', failingContext()], { env })).rejects.toThrow(words);
	});
});
