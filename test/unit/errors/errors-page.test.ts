import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { errorCodes } from '../../../lib/errors/index.js';

const page = new URL('../../../docs/errors.md', import.meta.url);

function text(): string {
	const rows = Object.entries(errorCodes).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
	return [
		'# Errors',
		'',
		'Every error of the library is a `TsrunError`, and its `code` is one of these. A code is part of the public face: it is never',
		'used again for another meaning. A fault of config.json is a `ConfigError`, which also carries `faults`, all of them at once.',
		'',
		'| code | meaning |',
		'|---|---|',
		...rows,
		'',
		'Beside `code` and `message`, an error has, as far as they are known: `pointer` and `where` (the place in config.json that asked',
		'for it), `step` (what was being done), `syscall`, `errno` and `path` (what the kernel said), `hint` (what a person can do),',
		'`containerId`, `cause`, and `also` (what failed while the operation was being undone).',
		'',
		'This page is made from `lib/errors/codes.ts`: `UPDATE_DOCS=1 npx jest --selectProjects unit --testPathPatterns errors-page`,',
		'with `NODE_OPTIONS=--experimental-vm-modules`.',
		'',
	].join('\n');
}

test('docs/errors.md has every code', () => {
	if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text());
	expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text());
});
