/**
 * The path of a slice's cgroup below systemd's own: `a-b.slice` is in `a.slice` (systemd.slice(5)).
 *
 * @returns `''` for the root slice `-.slice`; undefined when it is no name of a slice
 */
export function slicePath(slice: string): string | undefined {
	if (!slice.endsWith('.slice') || slice.includes('/')) return undefined;
	const name = slice.slice(0, -'.slice'.length);
	if (name === '-') return '';
	const parts = name.split('-');
	if (parts.includes('')) return undefined;
	return parts.map((_, index) => `/${parts.slice(0, index + 1).join('-')}.slice`).join('');
}

/** The name with which systemd knows the slice; `-` stands for the root slice. */
export function sliceName(asked: string): string {
	return asked === '-' ? '-.slice' : asked;
}
