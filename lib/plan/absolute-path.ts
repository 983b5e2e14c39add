/**
 * `path` as an absolute path without `.` and empty components, read from `base` when it is relative.
 * `..` is resolved by words, as path.posix.resolve does: for paths of the host that the caller wrote, never for
 * paths inside a container.
 */
export function absolutePath(base: string, path: string): string {
	const parts: string[] = [];
	for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '' && part !== '.') parts.push(part);
	}
	return `/${parts.join('/')}`;
}
