import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** What can be imported, by the name it is imported by, and the file behind it. */
export const entries = {
	tsrun: resolve(root, 'lib/index.ts'),
	'tsrun/spec': resolve(root, 'lib/define/index.ts'),
};
