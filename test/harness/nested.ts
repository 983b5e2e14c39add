import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { capabilityNames } from '../../lib/plan/tables/capabilities.js';
import { bundle } from './bundle.js';
import { program } from './cli.js';
import type { Config } from './config.js';
import { scratch } from './scratch.js';

const repository = resolve(import.meta.dirname, '../..');

/** What the programs of this machine need of it, as a container sees it: read-only, at the same paths. */
const folders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/etc', repository];

/**
 * A bundle that runs the program under test with these words, in a container that shows the programs of this machine: tsrun in
 * tsrun. Has /tmp and /run of its own.
 */
export function nestedBundle(words: readonly string[], edit: (config: Config) => void = () => {}): string {
	return hostBundle([...program, ...words], edit);
}

/** A bundle that runs a program of this machine; see {@link nestedBundle}. */
export function hostBundle(args: readonly string[], edit: (config: Config) => void = () => {}): string {
	const links = folders.filter((path) => existsSync(path) && lstatSync(path).isSymbolicLink());
	const { path, rootfs, config } = bundle((config) => {
		config.process.args = [...args];
		config.process.env = [`PATH=${process.env['PATH'] ?? ''}`];
		// Directories for the mounts are made in it first.
		config.root.readonly = false;
		// First, as the repository may be below one of them.
		for (const folder of ['/tmp', '/run']) {
			config.mounts.push({ destination: folder, type: 'tmpfs', source: 'tmpfs', options: ['mode=1777'] });
		}
		for (const folder of folders.filter((one) => existsSync(one) && !links.includes(one))) {
			config.mounts.push({ destination: folder, type: 'bind', source: folder, options: ['rbind', 'ro'] });
		}
		edit(config);
	}, 'empty');
	// Root of a user namespace may not make them in a root file system of this machine's root.
	for (const { destination } of config.mounts) {
		if (!/^\/(dev|sys)\/./.test(destination)) mkdirSync(join(rootfs, destination), { recursive: true });
	}
	for (const link of links) symlinkSync(readlinkSync(link), join(rootfs, link));
	return path;
}

/** The capabilities of this process: a container cannot have more. */
export function ownCapabilities(): readonly string[] {
	const hex = /^CapBnd:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
	const bits = BigInt(`0x${hex}`);
	return capabilityNames.filter((_, number) => (bits & (1n << BigInt(number))) !== 0n);
}

/** What Docker gives root of a container. */
const dockerCapabilities = [
	'CHOWN',
	'DAC_OVERRIDE',
	'FSETID',
	'FOWNER',
	'MKNOD',
	'NET_RAW',
	'SETGID',
	'SETUID',
	'SETFCAP',
	'SETPCAP',
	'NET_BIND_SERVICE',
	'SYS_CHROOT',
	'KILL',
	'AUDIT_WRITE',
].map((name) => `CAP_${name}`);

/** All that the machine has: for a container that one thing alone is taken from. */
export function privileged(config: Config, names: readonly string[]): void {
	config.process['capabilities'] = { bounding: names, effective: names, permitted: names };
	config.process['noNewPrivileges'] = false;
	delete config.linux['resources'];
}

/** Root of a container as Docker makes it by default, but for its seccomp profile. */
export function asDocker(config: Config): void {
	privileged(config, dockerCapabilities);
}

/** A folder that the container may write, at the same path. */
export function sharedFolder(config: Config): string {
	const folder = scratch('shared');
	config.mounts.push({ destination: folder, type: 'bind', source: folder, options: ['rbind', 'rw'] });
	return folder;
}
