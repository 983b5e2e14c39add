/** What `read` returns; undefined when what it reads is gone, ends meanwhile, or is not for us to read. */
export function readable<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (
			code === 'ENOENT' ||
			code === 'ESRCH' ||
			code === 'EACCES' ||
			code === 'EPERM' ||
			code === 'EINVAL' ||
			code === 'ENAMETOOLONG'
		)
			return undefined;
		throw error;
	}
}
