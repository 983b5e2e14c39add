import { statSync } from 'node:fs';
import type { OwnedFd } from '../native/index.js';
import { openNamespaceFile, systemFailure } from '../os/index.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';
import type { Spec } from '../spec/index.js';
import type { ContainerRecord } from '../state/index.js';

/** By type: the names in the images of namespaces from outside, as runc and crun have them. */
const externalNames: Readonly<Record<string, string>> = { network: 'extRootNetNS', pid: 'extRootPidNS' };

/** Namespaces that the container has joined and that stay outside of the images, each with the name that `restore` uses. */
export function externalNamespaces({ namespaces, pid }: ContainerRecord): string[] {
	return namespaces.flatMap(({ type, path }) => {
		const name = externalNames[type];
		if (path === undefined || name === undefined) return [];
		const { file } = namespaceTypes[type as keyof typeof namespaceTypes];
		return [`${file}[${statSync(`/proc/${pid}/ns/${file}`).ino}]:${name}`];
	});
}

/** The namespaces that the config joins, as CRIU takes them. */
export class JoinedNamespaces implements Disposable {
	/** By their names in the images: those that CRIU gets as descriptors, from 4 on. */
	readonly opened = new Map<string, OwnedFd>();
	readonly others: { readonly name: string; readonly path: string }[] = [];

	/** @throws TsrunError ERR_STEP_FAILED */
	constructor({ linux }: Spec) {
		for (const [index, { type, path }] of (linux?.namespaces ?? []).entries()) {
			if (path === undefined) continue;
			const name = externalNames[type];
			if (name === undefined) this.others.push({ name: namespaceTypes[type].file, path });
			else this.opened.set(name, this.#open(type, path, `/linux/namespaces/${index}/path`));
		}
	}

	/** The descriptors as CRIU numbers them: 3 is its socket. */
	inherited(): [string, number][] {
		return [...this.opened.keys()].map((name, index) => [name, 4 + index]);
	}

	#open(type: string, path: string, pointer: string): OwnedFd {
		try {
			return openNamespaceFile(path);
		} catch (cause) {
			this[Symbol.dispose]();
			throw systemFailure(`cannot open the ${type} namespace ${path}`, cause, { path, pointer }, 'ERR_STEP_FAILED');
		}
	}

	[Symbol.dispose](): void {
		for (const fd of this.opened.values()) fd.close();
	}
}
