import { spawnSync } from 'node:child_process';
import { type HeldNamespaces, holdNamespaces } from './namespaces.js';
import type { Requirement } from './requirement.js';

/** Something that can be moved from one network namespace to another. */
export const vethDevices: Requirement = {
	what: 'ip(8) and a kernel with veth devices',
	met: () => spawnSync('unshare', ['--net', 'ip', 'link', 'add', 'type', 'veth']).status === 0,
};

/** A network namespace with a pair of devices, `near` and `far`, that stands for that of the host. */
export class TestNetwork implements AsyncDisposable {
	readonly #held: HeldNamespaces;

	/** @param setUp commands of ip(8) */
	static async make(setUp: readonly string[] = []): Promise<TestNetwork> {
		const commands = ['link add near type veth peer name far', ...setUp].map((words) => `ip ${words}`);
		return new TestNetwork(await holdNamespaces(['--net'], commands.join(' && ')));
	}

	private constructor(held: HeldNamespaces) {
		this.#held = held;
	}

	/** To join it by. */
	get path(): string {
		return this.#held.path('network');
	}

	/** Words that execute a program in it. */
	get through(): readonly string[] {
		return ['nsenter', `--net=${this.path}`];
	}

	/** What ip(8) prints in it. */
	ip(...words: readonly string[]): string {
		const [command = '', ...first] = this.through;
		const { status, stdout, stderr } = spawnSync(command, [...first, 'ip', ...words], { encoding: 'utf8' });
		if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
		return stdout;
	}

	/** Names of its devices. */
	devices(): string[] {
		return (JSON.parse(this.ip('-json', 'link')) as { ifname: string }[]).map(({ ifname }) => ifname);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#held[Symbol.asyncDispose]();
	}
}
