import { appendFileSync, readFileSync } from 'node:fs';
import { readable } from '../../harness/readable.js';

/**
 * Makes a user of the stage who may lend ids to user namespaces: newer engines look the user up before the ids.
 *
 * @param id of the user and of its group
 * @param first of the lent ids
 */
export function lendIds(user: string, id: number, first: number, count: number): void {
	const lines = {
		passwd: `${user}:x:${id}:${id}::/:/usr/sbin/nologin`,
		group: `${user}:x:${id}:`,
		subuid: `${user}:${first}:${count}`,
		subgid: `${user}:${first}:${count}`,
	};
	for (const [name, line] of Object.entries(lines)) {
		const text = readable(() => readFileSync(`/etc/${name}`, 'utf8')) ?? '';
		if (!text.split('\n').includes(line)) appendFileSync(`/etc/${name}`, `${text === '' ? '' : '\n'}${line}\n`);
	}
}
