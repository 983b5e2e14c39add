/** Errnos that have a second name, by the one that everybody knows. */
const usualNames = new Map<string, string>([
	['EWOULDBLOCK', 'EAGAIN'],
	['ENOTSUP', 'EOPNOTSUPP'],
]);

/** Symbolic name of a positive errno; `E<number>` where the platform has no name for it. */
export function errnoName(errno: number): string {
	const { constants } = process.getBuiltinModule('node:os');
	const name = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `E${errno}`;
	return usualNames.get(name) ?? name;
}

// strerror's words, which engines search for in messages ("permission denied", "no such file or directory").
const words = new Map<string, string>([
	['EPERM', 'operation not permitted'],
	['ENOENT', 'no such file or directory'],
	['ESRCH', 'no such process'],
	['EACCES', 'permission denied'],
	['EBUSY', 'device or resource busy'],
	['EEXIST', 'file exists'],
	['ENODEV', 'no such device'],
	['ENOTDIR', 'not a directory'],
	['EISDIR', 'is a directory'],
	['EINVAL', 'invalid argument'],
	['ENOSPC', 'no space left on device'],
	['EROFS', 'read-only file system'],
	['ELOOP', 'too many levels of symbolic links'],
	['ENOSYS', 'function not implemented'],
	['ENOEXEC', 'exec format error'],
	['ENOMEM', 'cannot allocate memory'],
]);

/** What strerror(3) says for a symbolic errno, in lower case. */
export function errnoText(name: string): string {
	const known = words.get(name);
	if (known !== undefined) return known;
	// Only a rare errno gets here, and node:util is a large part of a short program's start-up time under Bun.
	const { getSystemErrorMap } = process.getBuiltinModule('node:util');
	for (const [code, text] of getSystemErrorMap().values()) if (code === name) return text;
	return name;
}
