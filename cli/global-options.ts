import { type RuntimeOptions, TsrunError } from '../lib/index.js';
import { resolve } from '../lib/paths.js';
import type { Options, Values } from './command.js';
import type { LogOptions } from './log.js';
import { parseBoolean } from './parse.js';

/** The options in front of the verb. */
export const globalOptions = {
	root: {
		kind: 'text',
		value: 'DIR',
		summary: 'where the state of containers is kept (/run/tsrun, or $XDG_RUNTIME_DIR/tsrun)',
	},
	log: { kind: 'text', value: 'FILE', summary: 'append log lines to this file instead of writing them to stderr' },
	'log-format': {
		kind: 'text',
		value: 'FORMAT',
		choices: ['text', 'json'],
		summary: 'shape of log lines: text or json',
	},
	'log-level': {
		kind: 'text',
		value: 'LEVEL',
		choices: ['debug', 'info', 'warning', 'error'],
		summary: 'least level that is logged (warning; error when the format is json)',
	},
	debug: { kind: 'flag', summary: 'same as --log-level debug' },
	trace: {
		kind: 'text',
		value: 'FILE',
		summary: 'write the timeline of this call to the file, in the format that Perfetto and Chrome show',
	},
	'systemd-cgroup': { kind: 'flag', summary: 'let systemd make the cgroups; cgroupsPath is then slice:prefix:name' },
	'cgroup-manager': {
		kind: 'text',
		value: 'MANAGER',
		choices: ['cgroupfs', 'systemd', 'disabled'],
		summary: 'who makes the cgroups: cgroupfs, systemd or disabled (nobody)',
	},
	rootless: {
		kind: 'text',
		value: 'true|false|auto',
		summary: 'go on where cgroups cannot be written and no limit was asked for',
	},
	version: { kind: 'flag', alias: 'v', summary: 'print the version and exit' },
} as const satisfies Options;

export interface GlobalOptions {
	/** Absolute; `undefined` means that the library chooses. */
	readonly root: string | undefined;
	readonly cgroupManager: RuntimeOptions['cgroupManager'];
	readonly rootless: boolean | 'auto';
}

/** @throws TsrunError ERR_ARGUMENT when `--root` is `/` or empty, options contradict each other, or a boolean is none. */
export function interpretGlobals(given: Values<typeof globalOptions>): GlobalOptions {
	return { root: rootOf(given.root), cgroupManager: managerOf(given), rootless: rootlessOf(given.rootless) };
}

function rootOf(given: string | undefined): string | undefined {
	if (given === undefined) return undefined;
	const root = given === '' ? '/' : resolve(given);
	// Containers would be made and removed as folders of the machine's own root.
	if (root === '/')
		throw new TsrunError('ERR_ARGUMENT', `--root ${JSON.stringify(given)} would be the machine's own root directory`);
	return root;
}

function managerOf(given: Values<typeof globalOptions>): GlobalOptions['cgroupManager'] {
	const manager = given['cgroup-manager'] as GlobalOptions['cgroupManager'];
	if (given['systemd-cgroup'] !== true) return manager;
	if (manager !== undefined && manager !== 'systemd')
		throw new TsrunError('ERR_ARGUMENT', `--systemd-cgroup contradicts --cgroup-manager ${manager}`);
	return 'systemd';
}

function rootlessOf(given: string | undefined): boolean | 'auto' {
	if (given === undefined || given === '' || given.toLowerCase() === 'auto') return 'auto';
	return parseBoolean('rootless', given);
}

/** @returns where and how to log. */
export function logOptionsOf(given: Values<typeof globalOptions>): LogOptions {
	const format = given['log-format'] === 'json' ? 'json' : 'text';
	const level = given.debug === true ? 'debug' : (given['log-level'] as LogOptions['level'] | undefined);
	return {
		file: given.log === '' ? undefined : given.log,
		format,
		// Podman reads a json log as one single object, so a warning in front of the error would hide it.
		level: level ?? (format === 'json' ? 'error' : 'warning'),
	};
}
