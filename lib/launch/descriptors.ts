import { OwnedFd } from '../native/index.js';

/** The descriptors that host steps open for the helper, by the names that the plan gives them, in their order. */
export class DescriptorTable implements Disposable {
	readonly #open = new Map<string, OwnedFd>();

	add(name: string, number: number): void {
		this.#open.set(name, new OwnedFd(number));
	}

	/** What the helper's `fd` fields count: the position of a name. */
	indexes(): ReadonlyMap<string, number> {
		return new Map([...this.#open.keys()].map((name, index) => [name, index]));
	}

	numbers(): number[] {
		return [...this.#open.values()].map(({ number }) => number);
	}

	[Symbol.dispose](): void {
		for (const fd of this.#open.values()) fd.close();
		this.#open.clear();
	}
}
