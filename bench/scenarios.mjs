import { spawnSync } from 'node:child_process';

const listed = 100;

/**
 * What is timed. `commands(runtime)` are the commands of one run; `prepare` and `finish` stand around all runs.
 *
 * @param bundles directories of the bundles by name
 */
export function scenarios(bundles) {
	// An id of its own for each: a runtime that is not told where puts the container's cgroup under the id, crun and runc
	// both into the root of the hierarchy, and runc does not take one that is there.
	const idOf = ({ name }) => `bench-${name}`;
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
		prepare: (runtime) => must(runtime, 'run', '--detach', '--bundle', bundles.sleep, idOf(runtime)),
		finish: (runtime) => quietly(runtime, 'delete', '--force', idOf(runtime)),
	};
	const many = Array.from({ length: listed }, (_, number) => number);
	return [
		{
			title: 'run /bin/true',
			floor: true,
			onceMore: true,
			commands: (runtime) => [call(runtime, 'run', '--bundle', bundles.true, idOf(runtime))],
		},
		{
			title: 'run /bin/true with a seccomp profile',
			floor: true,
			onceMore: true,
			commands: (runtime) => [call(runtime, 'run', '--bundle', bundles.seccomp, idOf(runtime))],
		},
		{
			title: 'create, start, delete --force',
			commands: (runtime) => [
				call(runtime, 'create', '--bundle', bundles.sleep, idOf(runtime)),
				call(runtime, 'start', idOf(runtime)),
				call(runtime, 'delete', '--force', idOf(runtime)),
			],
		},
		{
			title: 'exec true',
			...running,
			onceMore: true,
			commands: (runtime) => [call(runtime, 'exec', idOf(runtime), '/bin/true')],
		},
		{
			title: 'state',
			...running,
			commands: (runtime) => [call(runtime, 'state', idOf(runtime))],
		},
		{
			title: 'kill',
			...running,
			// SIGWINCH is ignored by who does not ask for it: the container lives on.
			commands: (runtime) => [call(runtime, 'kill', idOf(runtime), 'WINCH')],
		},
		{
			title: `list of ${listed}`,
			prepare: (runtime) => {
				for (const number of many) must(runtime, 'create', '--bundle', bundles.sleep, `${idOf(runtime)}-${number}`);
			},
			finish: (runtime) => {
				for (const number of many) quietly(runtime, 'delete', '--force', `${idOf(runtime)}-${number}`);
			},
			commands: (runtime) => [call(runtime, 'list')],
		},
	];
}
