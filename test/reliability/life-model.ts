/** Where a container may be. `dying`: SIGKILL was sent, and its end may or may not be seen yet. */
export type Life = 'none' | 'created' | 'running' | 'dying';

export const verbs = ['create', 'start', 'exec', 'kill', 'delete', 'delete --force', 'state'] as const;
export type Verb = (typeof verbs)[number];

/** One call that was made of a container, and how it ended. */
export interface Answered {
	readonly verb: Verb;
	readonly worked: boolean;
}

interface Rule {
	/** Where it works; where it may work or fail; elsewhere it fails. */
	readonly works: readonly Life[];
	readonly may?: readonly Life[];
	readonly to?: Life;
}

const rules: Readonly<Record<Verb, Rule>> = {
	create: { works: ['none'], to: 'created' },
	start: { works: ['created'], may: ['dying'], to: 'running' },
	exec: { works: ['created', 'running'], may: ['dying'] },
	kill: { works: ['created', 'running'], may: ['dying'], to: 'dying' },
	delete: { works: ['created'], may: ['dying'], to: 'none' },
	'delete --force': { works: ['none', 'created', 'running', 'dying'], to: 'none' },
	state: { works: ['created', 'running', 'dying'] },
};

/** Where the container is after this answer; undefined when it cannot have been given there. */
function after(life: Life, { verb, worked }: Answered, halfWay: boolean): Life | undefined {
	const { works, may = [], to = life } = rules[verb];
	if (worked) {
		if (!works.includes(life) && !may.includes(life)) return undefined;
		// One that is about to die is not brought back by `start`.
		return life === 'dying' && to === 'running' ? life : to;
	}
	// While it is made, started or taken away, others may be told that it is not there yet, or not any more.
	return works.includes(life) && !halfWay ? undefined : life;
}

/** Where the container can be after these, in whatever order they took effect; empty when no order explains the answers. */
export function explain(from: readonly Life[], answers: readonly Answered[]): Life[] {
	const ends = new Set<Life>();
	const together = answers.map(({ verb }) => verb);
	const halfWay = ({ verb }: Answered) =>
		verb === 'create'
			? together.some((other) => other.startsWith('delete'))
			: verb !== 'delete --force' &&
				answers.length > 1 &&
				together.some((other) => /^(create|start|delete|kill)/.test(other));
	const walk = (life: Life, rest: readonly Answered[]) => {
		if (rest.length === 0) ends.add(life);
		for (const [index, answer] of rest.entries()) {
			const next = after(life, answer, halfWay(answer));
			if (next !== undefined) walk(next, rest.toSpliced(index, 1));
		}
	};
	for (const life of from) walk(life, answers);
	return [...ends];
}
