import { ConfigError } from '../errors/index.js';
import { native } from '../native/index.js';
import { errnoOf } from '../os/index.js';
import type { ProcessPointer } from '../plan/stages/process.js';
import type { Capabilities, Process, Spec } from '../spec/index.js';
import { assertProcess, isList } from './exec-arguments.js';
import type { ExecOptions } from './options.js';

/**
 * The process object that `exec` runs: a complete one as it is, or the container's own with other words and what the
 * options change.
 *
 * @throws TsrunError ERR_ARGUMENT when there is nothing to run, or what no process can have
 */
export function execProcess(
	spec: Spec,
	program: readonly string[] | Process,
	options: ExecOptions,
): { process: Process; at: ProcessPointer } {
	if (!isList(program)) {
		const process = withTerminal(program, options);
		return { process: process.consoleSize === undefined ? withWindow(process, options) : process, at: '' };
	}
	const base = spec.process;
	if (base === undefined) {
		throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', [
			{ pointer: '/process', message: 'a container without process has none to start another program from' },
		]);
	}
	const capabilities = withCapabilities(base.capabilities, options.capabilities ?? []);
	const process: Process = {
		...base,
		args: [...program],
		env: [...(base.env ?? []), ...entriesOf(options.env ?? [])],
		cwd: options.cwd ?? base.cwd,
		terminal: options.tty === true,
		user: {
			...base.user,
			...(options.user?.uid === undefined ? {} : { uid: options.user.uid }),
			...(options.user?.gid === undefined ? {} : { gid: options.user.gid }),
			...(options.user?.additionalGids === undefined ? {} : { additionalGids: [...options.user.additionalGids] }),
		},
		...(capabilities === undefined ? {} : { capabilities }),
		...(options.noNewPrivileges === undefined ? {} : { noNewPrivileges: options.noNewPrivileges }),
		...(options.processLabel === undefined ? {} : { selinuxLabel: options.processLabel }),
		...(options.apparmor === undefined ? {} : { apparmorProfile: options.apparmor }),
	};
	assertProcess(process);
	return { process: withWindow(process, options), at: '/process' };
}

/** A program may look at the size of its terminal at once: before the caller's one is connected to it. */
function withWindow(process: Process, { terminal }: ExecOptions): Process {
	if (process.terminal !== true || terminal !== 'relay') return process;
	const size = ownWindow();
	return size === undefined ? process : { ...process, consoleSize: { height: size.rows, width: size.columns } };
}

function ownWindow(): { rows: number; columns: number } | undefined {
	try {
		return native().getWindowSize(0);
	} catch (error) {
		// Standard input is no terminal.
		if (errnoOf(error) !== 'ENOTTY' && errnoOf(error) !== 'EINVAL') throw error;
		return undefined;
	}
}

function entriesOf(env: NonNullable<ExecOptions['env']>): readonly string[] {
	if (isList(env)) return env;
	// As with child_process: a variable that is undefined is none, and not the word.
	return Object.entries<string | undefined>(env).flatMap(([name, value]) =>
		value === undefined ? [] : [`${name}=${value}`],
	);
}

function withTerminal(process: Process, { tty }: ExecOptions): Process {
	return tty === true ? { ...process, terminal: true } : process;
}

// Never the inheritable set: CVE-2022-29162 was programs that gained by file capabilities what nobody had given them.
// Ambient ones need an inheritable one, and so come only to a container that has some.
function withCapabilities(base: Capabilities | undefined, added: readonly string[]): Capabilities | undefined {
	if (added.length === 0) return base;
	const grow = (set: readonly string[] | undefined) => [...new Set([...(set ?? []), ...added])];
	const inheritable = base?.inheritable ?? [];
	return {
		...base,
		bounding: grow(base?.bounding),
		effective: grow(base?.effective),
		permitted: grow(base?.permitted),
		...(inheritable.length > 0
			? { ambient: [...(base?.ambient ?? []), ...added.filter((name) => inheritable.includes(name))] }
			: {}),
	};
}
