import { OwnedFd } from '../native/index.js';

/** The descriptors that host steps open for the helper, by the names that the plan gives them, in their order. */
export class DescriptorTable implements Disposable {
	readonly #open = new Map<string, OwnedFd>();
	readonly #leftToInit = new Set<string>();
	#shown: OwnedFd | undefined;

	add(name: string, number: number): void {
		this.#open.set(name, new OwnedFd(number));
	}

	/** Has the helper open it itself, by the path that stands beside the descriptor in its program. */
	leaveToInit(name: string): void {
		this.#leftToInit.add(name);
	}

	/** What the helper's `fd` fields count: the position of a name; null where it is handed none. */
	indexes(): ReadonlyMap<string, number | null> {
		return new Map<string, number | null>([
			...[...this.#open.keys()].map((name, index): [string, number] => [name, index]),
			...[...this.#leftToInit].map((name): [string, null] => [name, null]),
		]);
	}

	numbers(): number[] {
		return [...this.#open.values()].map(({ number }) => number);
	}

	/** One that the helper has sent, for the step that comes next. */
	keepShown(fd: OwnedFd): void {
		this.#shown?.close();
		this.#shown = fd;
	}

	/** That one, if there is one; the caller closes it. */
	takeShown(): OwnedFd | undefined {
		const fd = this.#shown;
		this.#shown = undefined;
		return fd;
	}

	[Symbol.dispose](): void {
		for (const fd of this.#open.values()) fd.close();
		this.#open.clear();
		this.takeShown()?.close();
	}
}
