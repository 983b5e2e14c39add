import { spawnSync } from 'node:child_process';

/**
 * What is timed. `commands(runtime)` are the commands of one run; `prepare` and `finish` stand around all runs.
 *
 * @param bundles directories of the bundles by name
 */
export function scenarios(bundles) {
	const call = ({ program, globals }, ...words) => [program, ...globals, ...words];
	const quietly = (runtime, ...words) => {
		const [command, ...args] = call(runtime, ...words);
		return spawnSync(command, args, { stdio: 'ignore' });
	};
	const must = (runtime, ...words) => {
		const { status } = quietly(runtime, ...words);
		if (status !== 0) throw new Error(`${runtime.name} ${words.join(' ')} ended with ${status}`);
	};
	const running = {
		prepare: (runtime) => {
			if (runtime.program !== undefined) must(runtime, 'run', '--detach', '--bundle', bundles.sleep, 'bench');
		},
		finish: (runtime) => {
			if (runtime.program !== undefined) quietly(runtime, 'delete', '--force', 'bench');
		},
	};
	return [
		{
			title: 'run /bin/true',
			floor: true,
			commands: (runtime) => [call(runtime, 'run', '--bundle', bundles.true, 'bench')],
		},
		{
			title: 'create, start, delete --force',
			commands: (runtime) => [
				call(runtime, 'create', '--bundle', bundles.sleep, 'bench'),
				call(runtime, 'start', 'bench'),
				call(runtime, 'delete', '--force', 'bench'),
			],
		},
		{
			title: 'exec true',
			...running,
			commands: (runtime) => [call(runtime, 'exec', 'bench', '/bin/true')],
		},
		{
			title: 'state',
			...running,
			commands: (runtime) => [call(runtime, 'state', 'bench')],
		},
		{
			title: 'list',
			...running,
			commands: (runtime) => [call(runtime, 'list')],
		},
	];
}
