import { readTextFileIfThere } from '../os/index.js';

/** Ids that /etc/subuid or /etc/subgid lends to a user. */
export interface IdRange {
	readonly first: number;
	readonly count: number;
}

/**
 * The ranges a subuid(5) file lends to a user, who may stand there by name or by number.
 * Lines of another shape, empty ranges, and ranges that leave 32 bits are left out, as newuidmap(1) does.
 */
export function parseSubordinateIds(text: string, user: { readonly id: number; readonly name?: string }): IdRange[] {
	const ranges: IdRange[] = [];
	for (const line of text.split('\n')) {
		const parts = /^([^:#]+):(\d{1,10}):(\d{1,10})$/.exec(line.trim());
		if (parts === null) continue;
		const [, owner = ''] = parts;
		if (owner !== user.name && owner !== String(user.id)) continue;
		const range = { first: Number(parts[2]), count: Number(parts[3]) };
		// 2^32-1 is "no id" to the kernel.
		if (range.count > 0 && range.first + range.count <= 0xffffffff) ranges.push(range);
	}
	return ranges;
}

/** {@link parseSubordinateIds} of this machine's files; no ranges where there is no file. */
export function readSubordinateIds(
	kind: 'uid' | 'gid',
	user: { readonly id: number; readonly name?: string },
): IdRange[] {
	const text = readTextFileIfThere(`/etc/sub${kind}`, { maxBytes: 16 * 1024 * 1024 });
	return text === undefined ? [] : parseSubordinateIds(text, user);
}
