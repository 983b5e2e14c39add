import { readTextFileIfThere } from './files.js';

/**
 * The name /etc/passwd gives to a user id; undefined where it has none. Name services are not asked: loading one
 * would run foreign code in the runtime.
 */
export function userName(uid: number): string | undefined {
	const text = readTextFileIfThere('/etc/passwd', { maxBytes: 16 * 1024 * 1024 });
	return text === undefined ? undefined : parseUserName(text, uid);
}

export function parseUserName(passwd: string, uid: number): string | undefined {
	for (const line of passwd.split('\n')) {
		const [name, , id] = line.split(':');
		if (name !== undefined && name !== '' && id === String(uid)) return name;
	}
	return undefined;
}
