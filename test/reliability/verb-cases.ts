/** Where `state` may say that a container is; `none` when it says that there is no such container. */
export type Place = 'none' | 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** A verb, called of a container that has been through other verbs. */
export interface VerbCase {
	readonly title: string;
	/** The calls before it, and its own words. */
	readonly before: readonly (readonly string[])[];
	readonly words: readonly string[];
	/** Where the container is once it has worked, and where it may be when it has failed. */
	readonly worked: readonly Place[];
	readonly failed: readonly Place[];
	/** What it starts goes on after it. */
	readonly lasting?: true;
	/** It leaves the container as it was: the next try can be of the same one. */
	readonly sparing?: true;
}

export interface Bundles {
	/** Its program sleeps. */
	readonly sleeping: string;
	/** Its program ends at once. */
	readonly ending: string;
	/** Words of a program for `exec` that ends at once. */
	readonly program: readonly string[];
	/** A file for `update --resources`. */
	readonly resources: string;
}

/** Every verb that changes a container, and `state`. */
export function verbCases(id: string, { sleeping, ending, program, resources }: Bundles): readonly VerbCase[] {
	const create = ['create', '--bundle', sleeping, id];
	const running = [create, ['start', id]];
	const unharmed = { worked: ['running'], failed: ['running'] } as const;
	return [
		{ title: 'run', before: [], words: ['run', '--bundle', ending, id], worked: ['none'], failed: ['none'] },
		{
			title: 'create',
			before: [],
			words: create,
			// Init goes on to where it waits for `start` after `create` is over; refused a call there, it ends.
			worked: ['created', 'stopped'],
			failed: ['none'],
			lasting: true,
		},
		{
			title: 'start',
			before: [create],
			words: ['start', id],
			worked: ['running'],
			failed: ['created', 'running', 'stopped'],
		},
		{ title: 'exec', before: running, words: ['exec', id, ...program], ...unharmed, sparing: true },
		{
			title: 'exec --detach',
			before: running,
			words: ['exec', '--detach', id, 'sleep', '600'],
			...unharmed,
			lasting: true,
			sparing: true,
		},
		{ title: 'update', before: running, words: ['update', '--resources', resources, id], ...unharmed },
		{ title: 'pause', before: running, words: ['pause', id], worked: ['paused'], failed: ['running', 'paused'] },
		{
			title: 'resume',
			before: [...running, ['pause', id]],
			words: ['resume', id],
			worked: ['running'],
			failed: ['running', 'paused'],
		},
		{
			title: 'kill',
			before: running,
			words: ['kill', id, 'KILL'],
			worked: ['running', 'stopped'],
			failed: ['running', 'stopped'],
		},
		{
			title: 'delete',
			before: running,
			words: ['delete', '--force', id],
			worked: ['none'],
			failed: ['none', 'running', 'stopped'],
		},
		{ title: 'state', before: running, words: ['state', id], ...unharmed, sparing: true },
	];
}
