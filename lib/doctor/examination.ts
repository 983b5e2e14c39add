import type { TsrunError } from '../errors/index.js';
import type { NamespaceType } from '../plan/tables/namespaces.js';
import { type KernelConfig, readKernelConfig } from './kernel-config.js';
import { readSelf, type Self } from './self.js';
import { type Asker, processIn, trial } from './trial.js';

/** Everything the topics share: who we are, and what was tried already, each thing once. */
export class Examination {
	readonly self: Self;
	readonly #namespaces = new Map<string, Promise<TsrunError | undefined>>();
	#config: KernelConfig | undefined;

	constructor(self: Self = readSelf()) {
		this.self = self;
	}

	get asker(): Asker {
		return this.self.facts;
	}

	get config(): KernelConfig {
		this.#config ??= readKernelConfig(this.self.facts.kernel.release);
		return this.#config;
	}

	/** Tries to make a process in these new namespaces together; the answer is undefined when it can be. */
	namespaces(...types: readonly NamespaceType[]): Promise<TsrunError | undefined> {
		const key = types.join();
		const known = this.#namespaces.get(key) ?? trial(processIn(types, this.asker));
		this.#namespaces.set(key, known);
		return known;
	}

	/** The namespaces that have to be made as well for others to be had here: none, or a user namespace. */
	async door(): Promise<readonly NamespaceType[]> {
		const direct = this.asker.euid === 0 && (await this.namespaces('mount')) === undefined;
		return direct ? [] : ['user'];
	}
}

/** The kernel's answer to a trial, in a few words. */
export function answerOf({ syscall, errno, message }: TsrunError): string {
	return syscall === undefined || errno === undefined ? message : `${syscall}: ${errno}`;
}
