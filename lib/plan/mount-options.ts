import { attributeOptions, inertOptions, propagationOptions } from './tables/mount-options.js';

/** The options of one mount, sorted by what performs them. */
export interface MountOptions {
	readonly bind: boolean;
	readonly recursiveBind: boolean;
	readonly remount: boolean;
	/** MOUNT_ATTR_* to set and to clear on the mount. */
	readonly set: bigint;
	readonly clear: bigint;
	/** The same for the mount and everything below it. */
	readonly recursiveSet: bigint;
	readonly recursiveClear: bigint;
	/** MS_* propagation changes in the order they were written. */
	readonly propagation: readonly bigint[];
	/** Options of the superblock and of the file system, in order. */
	readonly data: readonly string[];
	readonly copyUp: boolean;
	readonly idmap: 'none' | 'mount' | 'recursive';
	readonly sourceNoFollow: boolean;
	readonly destinationNoFollow: boolean;
}

/** Sorts the `options` of a mount (config.md, "Mounts", Linux mount options); what no table knows is file system data. */
export function parseMountOptions(options: readonly string[]): MountOptions {
	const mount = { set: 0n, clear: 0n };
	const tree = { set: 0n, clear: 0n };
	const flags = new Set<string>();
	const propagation: bigint[] = [];
	const data: string[] = [];
	for (const option of options.flatMap(separate)) {
		const attribute = attributeOptions.get(option);
		const recursive = option.startsWith('r') ? attributeOptions.get(option.slice(1)) : undefined;
		const spread = propagationOptions.get(option);
		if (attribute !== undefined) change(mount, attribute);
		else if (recursive !== undefined) change(tree, recursive);
		else if (spread !== undefined) propagation.push(spread);
		else if (ownOptions.has(option)) flags.add(option);
		else if (!inertOptions.has(option)) data.push(option);
	}
	return {
		bind: flags.has('bind') || flags.has('rbind'),
		recursiveBind: flags.has('rbind'),
		remount: flags.has('remount'),
		set: mount.set,
		clear: mount.clear,
		recursiveSet: tree.set,
		recursiveClear: tree.clear,
		propagation,
		data,
		copyUp: flags.has('tmpcopyup'),
		idmap: flags.has('ridmap') ? 'recursive' : flags.has('idmap') ? 'mount' : 'none',
		sourceNoFollow: flags.has('src-nofollow'),
		destinationNoFollow: flags.has('dest-nofollow'),
	};
}

const label = /^(?:fs|def|root)?context=(?!")/;

/**
 * Several options that were written as one, `lowerdir=/a,upperdir=/b`: mount(2) takes them all as one text with commas between
 * them, fsconfig(2) one by one. A comma behind a backslash (overlayfs) or in quotes belongs to the value, and so do those of
 * a label of SELinux: its categories.
 */
function separate(option: string): readonly string[] {
	return option.includes(',') && !label.test(option) ? (option.match(/(?:\\.|"[^"]*"|[^,\\])+/g) ?? []) : [option];
}

/** Options that say how something is mounted, and are no attribute of it. */
export const ownOptions: ReadonlySet<string> = new Set([
	'bind',
	'rbind',
	'remount',
	'tmpcopyup',
	'idmap',
	'ridmap',
	'src-nofollow',
	'dest-nofollow',
]);

// The last word about a bit wins, as it does for mount(8).
function change(bits: { set: bigint; clear: bigint }, by: { set: bigint; clear: bigint }): void {
	bits.set = (bits.set & ~by.clear) | by.set;
	bits.clear = (bits.clear & ~by.set) | by.clear;
}
