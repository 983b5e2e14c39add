import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSpec } from '../../lib/spec/template.js';
import { program } from './cli.js';
import type { Config } from './config.js';
import { busybox, cgroupView, type Requirement, root } from './requirement.js';
import { makeRootfs } from './rootfs.js';
import { containerId, scratch } from './scratch.js';

/** Somebody without any privilege, whom this machine does not know; user and group have the same number. */
export const userId = 54_321;
const userName = 'tsrun-test';

export const userNamespacesForAll: Requirement = {
	what: 'user namespaces for everybody',
	met: () => spawnSync('unshare', ['--user', 'true'], { uid: userId, gid: userId }).status === 0,
};

export const readableCheckout: Requirement = {
	what: 'a checkout that every user can read',
	met: () => spawnSync('test', ['-r', program[0]], { uid: userId, gid: userId }).status === 0,
};

export const mapPrograms: Requirement = {
	what: 'newuidmap and newgidmap in /usr/bin',
	met: () => spawnSync('test', ['-u', '/usr/bin/newuidmap', '-a', '-u', '/usr/bin/newgidmap']).status === 0,
};

/** What it takes to run the program as the user. */
export const ordinaryUser: readonly Requirement[] = [root, busybox, userNamespacesForAll, readableCheckout];

/** A bundle of the user's own, with what `tsrun spec --rootless` writes, without a terminal. */
export function userBundle(args: readonly string[], edit: (config: Config) => void = () => {}): string {
	const path = scratch('bundle');
	const options = { rootless: true, cgroup2: cgroupView() === 'cgroup2', uid: userId, gid: userId };
	const config = defaultSpec(options) as unknown as Config;
	config.process.terminal = false;
	config.process.args = [...args];
	edit(config);
	makeRootfs(join(path, 'rootfs'));
	execFileSync('chown', ['-R', `${userId}:${userId}`, path]);
	writeFileSync(join(path, 'config.json'), JSON.stringify(config, null, '\t'));
	return path;
}

/** An empty directory that belongs to the user. */
export function userDirectory(name: string): string {
	const path = scratch(name);
	chownSync(path, userId, userId);
	return path;
}

/** The program with a state root of the user's, a new one for each call of this function. */
export function userProgram(): string[] {
	return [...program, '--root', join(userDirectory('state'), 'root')];
}

/** The words that run a bundle of the user's. */
export function userRun(bundle: string, id = containerId()): string[] {
	return [...userProgram(), 'run', '--bundle', bundle, id];
}

export interface AsUser {
	/** Lines of /etc/subuid and /etc/subgid, in place of this machine's. */
	readonly lent?: string;
	/** Shell commands of root, before, in a mount namespace of their own. */
	readonly setUp?: string;
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** More words for setpriv(1). */
	readonly setpriv?: readonly string[];
}

/**
 * Runs a command as the user, to its end, and for 30 s at most. The user has a name in /etc/passwd, as newuidmap(1) wants it, in
 * a mount namespace that ends with the command: nothing of the machine is changed.
 */
export function asUser(command: readonly string[], options: AsUser = {}): SpawnSyncReturns<string> {
	const { lent = '', setUp = ':', cwd, env = {}, setpriv = [] } = options;
	const folder = scratch('etc');
	const passwd = `${readFileSync('/etc/passwd', 'utf8')}${userName}:x:${userId}:${userId}::/:/bin/sh\n`;
	for (const [name, text] of Object.entries({ passwd, subuid: lent, subgid: lent })) {
		writeFileSync(join(folder, name), text);
	}
	const script = [
		'set -eu',
		`for name in passwd subuid subgid; do touch /etc/$name; mount --bind ${folder}/$name /etc/$name; done`,
		setUp,
		'exec "$@"',
	].join('\n');
	const drop = ['setpriv', `--reuid=${userId}`, `--regid=${userId}`, '--clear-groups', '--inh-caps=-all', ...setpriv];
	return spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...drop, '--', ...command], {
		...(cwd === undefined ? {} : { cwd }),
		env: { PATH: process.env['PATH'] ?? '', ...env },
		encoding: 'utf8',
		timeout: 30_000,
		killSignal: 'SIGKILL',
	});
}

/** The line of /etc/subuid that lends the user 65536 ids from 700000 on. */
export const lentLine = `${userName}:700000:65536\n`;
