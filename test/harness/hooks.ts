import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { type Namespaces, parseNamespaces, printNamespaces } from './namespaces.js';
import { scratch } from './scratch.js';

/** Kinds of hooks in the order in which a life has them. */
export const hookKinds = [
	'prestart',
	'createRuntime',
	'createContainer',
	'startContainer',
	'poststart',
	'poststop',
] as const;

export type HookKind = (typeof hookKinds)[number];

export interface Hook {
	path: string;
	args?: string[];
	env?: string[];
	timeout?: number;
}

/** A hook that is a line of shell; it has a PATH. */
export function shellHook(script: string): Hook {
	return { path: '/bin/sh', args: ['sh', '-c', script], env: [`PATH=${process.env['PATH']}`] };
}

/** What one hook saw. */
export interface HookCall {
	/** The word it was given. */
	readonly name: string;
	/** What it read on its standard input, as text and parsed. */
	readonly input: string;
	readonly state: Record<string, unknown>;
	readonly namespaces: Namespaces;
	/** Its own pid, in its own pid namespace. */
	readonly pid: number;
	readonly cwd: string;
}

/** Where hooks write what they see; those that run inside reach it by a bind mount at the same path. */
export class HookLog {
	readonly folder = scratch('hooks');
	readonly #file = join(this.folder, 'log');

	/** A hook that tells what it sees, and then does what `script` says. */
	hook(name: string, script = ':'): Hook {
		const facts = `echo name ${name}; echo cwd $(pwd); echo pid $$; ${printNamespaces}; echo input $(cat)`;
		return shellHook(`{ ${facts}; echo ---; } >> ${this.#file}; ${script}`);
	}

	/** Gives the configuration one telling hook of each kind. */
	watch(config: Config, kinds: readonly HookKind[] = hookKinds): void {
		config.hooks ??= {};
		for (const kind of kinds) config.hooks[kind] = [...(config.hooks[kind] ?? []), this.hook(kind)];
		this.share(config);
	}

	share(config: Config): void {
		config.mounts.push({ destination: this.folder, source: this.folder, options: ['bind'] });
	}

	calls(): HookCall[] {
		if (!existsSync(this.#file)) return [];
		return readFileSync(this.#file, 'utf8')
			.split('---\n')
			.filter((entry) => entry !== '')
			.map((entry) => {
				const fact = (key: string) => new RegExp(`^${key} (.*)$`, 'm').exec(entry)?.[1] ?? '';
				const input = fact('input');
				return {
					name: fact('name'),
					input,
					state: JSON.parse(input) as Record<string, unknown>,
					namespaces: parseNamespaces(entry.replace(/^(name|cwd|pid \d|input).*\n/gm, '').trimEnd()),
					pid: Number(fact('pid')),
					cwd: fact('cwd'),
				};
			});
	}

	names(): string[] {
		return this.calls().map(({ name }) => name);
	}
}
