import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Spec, SpecInput } from '../spec/index.js';
import { defaultSpec } from '../spec/template.js';
import { compose, type SpecChange } from './change.js';

/** What `defineSpec` has to be told, and what most containers differ in. */
export interface SpecOptions {
	/** Directory with the container's files; a relative one begins at the current directory. */
	readonly rootfs: string;
	/** The program and its words; the program is looked up in PATH. */
	readonly args: readonly string[];
	/** The container may write to its files, and so change `rootfs`. Default: false. */
	readonly writable?: boolean | undefined;
	/** Variables by name, beside PATH; `PATH` replaces that. */
	readonly env?: Readonly<Record<string, string>> | undefined;
	/** Absolute, inside the container. Default: `/`. */
	readonly cwd?: string | undefined;
	/** Who runs it, in ids of the container. Default: root, 0 and 0. A group that is left out is the user's number. */
	readonly user?: { readonly uid: number; readonly gid?: number | undefined } | undefined;
	/** Default: `tsrun`. */
	readonly hostname?: string | undefined;
	/** It gets a terminal. Default: false. */
	readonly terminal?: boolean | undefined;
	/** The config of a container whose maker is not root: its own user is root inside. Default: whether this is so. */
	readonly rootless?: boolean | undefined;
}

/**
 * A config as a plain object, for `create`, `run`, `capture` and `plan`, or for a file: namespaces of its own without a
 * network, three capabilities (CAP_KILL, CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE) and no way to more, no devices but the
 * harmless ones, files that cannot be written, and the sensitive parts of /proc and /sys out of reach. A container of an
 * ordinary user keeps the machine's network unless `network('new')` is among the changes.
 *
 * @param changes made in their order
 * @example
 * defineSpec({ rootfs: '/srv/python', args: ['python3', '/job/main.py'] }, bind('./job', '/job'), memory('256MiB'), pids(64))
 */
export function defineSpec(options: SpecOptions, ...changes: readonly SpecChange[]): SpecInput {
	const { rootfs, args, user, cwd, terminal = false } = options;
	const base = template(options);
	const process = {
		...base.process,
		terminal,
		user: { uid: user?.uid ?? 0, gid: user?.gid ?? user?.uid ?? 0 },
		args: [...args],
		env: environment(base.process.env, options),
		cwd: cwd ?? base.process.cwd,
	};
	const spec: SpecInput = {
		...base,
		process,
		root: { path: resolve(rootfs), readonly: options.writable !== true },
		hostname: options.hostname ?? base.hostname,
	};
	return compose(...changes)(spec);
}

type Template = Spec & { process: NonNullable<Spec['process']> };

function template({ rootless }: SpecOptions): Template {
	const uid = process.geteuid?.() ?? 0;
	const gid = process.getegid?.() ?? 0;
	const cgroup2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
	return defaultSpec({ rootless: rootless ?? uid !== 0, cgroup2, uid, gid }) as unknown as Template;
}

function environment(base: readonly string[] = [], { env = {}, terminal = false }: SpecOptions): string[] {
	const kept = base.filter((entry) => {
		const [name = ''] = entry.split('=');
		return !Object.hasOwn(env, name) && (name !== 'TERM' || terminal);
	});
	return [...kept, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
}
