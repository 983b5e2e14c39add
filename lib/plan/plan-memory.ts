import type { Spec } from '../spec/types.js';
import type { CreateOptions, CreateRequest, Shape } from './shape.js';
import type { Step } from './step.js';

interface Known {
	readonly asked: CreateRequest;
	/** Checked; the id is that of the first container. */
	readonly shape: Shape;
	/** In the order in which a plan is made of them; undefined for one that was made with regard to the id. */
	readonly parts: readonly (readonly Step[] | undefined)[];
}

/**
 * What is the same in the plans of containers that differ by their id alone: a pool of workers makes one bundle over and over. It is
 * found by the config and the facts as objects, which are never changed, and by the values of the rest.
 */
export class PlanMemory {
	readonly #known = new WeakMap<Spec, Known>();

	/** What was kept of the last plan that was made of such a request; nothing yet, if there was none. */
	of(asked: CreateRequest): Recollection {
		const known = this.#known.get(asked.spec);
		return new Recollection(known !== undefined && isLike(known.asked, asked) ? known : undefined, (made) =>
			this.#known.set(asked.spec, { asked, ...made }),
		);
	}
}

/** The memory of one plan that is being made, part by part. */
export class Recollection {
	readonly #known: Known | undefined;
	readonly #store: (made: Pick<Known, 'shape' | 'parts'>) => void;
	readonly #parts: (readonly Step[] | undefined)[] = [];

	constructor(known: Known | undefined, store: (made: Pick<Known, 'shape' | 'parts'>) => void) {
		this.#known = known;
		this.#store = store;
	}

	/** That of the container that is remembered. */
	get shape(): Shape | undefined {
		return this.#known?.shape;
	}

	/** The next part of the plan: as it was, or made now. */
	part(shape: Shape, make: (shape: Shape) => Iterable<Step>): readonly Step[] {
		const known = this.#known?.parts[this.#parts.length];
		if (known !== undefined) {
			this.#parts.push(known);
			return known;
		}
		let isNamed = false;
		const watched = Object.defineProperty({ ...shape }, 'id', {
			enumerable: true,
			get: () => {
				isNamed = true;
				return shape.id;
			},
		});
		const steps = [...make(watched)];
		this.#parts.push(isNamed ? undefined : steps);
		return steps;
	}

	/** Keeps what was made, for plans to come. */
	keep(shape: Shape): void {
		if (this.#known === undefined) this.#store({ shape, parts: this.#parts });
	}
}

function isLike(one: CreateRequest, other: CreateRequest): boolean {
	return one.facts === other.facts && one.bundle === other.bundle && haveSameOptions(one.options, other.options);
}

function haveSameOptions(one: CreateOptions, other: CreateOptions): boolean {
	const names = new Set([...Object.keys(one), ...Object.keys(other)] as (keyof CreateOptions)[]);
	return [...names].every((name) => one[name] === other[name]);
}
