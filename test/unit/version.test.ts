import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { version } from '../../lib/version.js';

test('is the version of package.json', () => {
	const text = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8');
	expect(version).toBe(JSON.parse(text).version);
});
