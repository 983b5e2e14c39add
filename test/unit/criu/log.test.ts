import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorLines } from '../../../lib/criu/log.js';
import { findCriu } from '../../../lib/criu/program.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-criu-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const logged = (text: string) => {
	writeFileSync(join(folder, 'dump.log'), text);
	return errorLines(join(folder, 'dump.log'));
};

test('the last errors of a log, without the time', () => {
	const lines = [
		'(00.000001) Running',
		'(00.000002) Error (criu/a.c:1): first',
		'(00.000003)      7: Error (criu/b.c:2): second',
	];
	expect(logged(`${lines.join('\n')}\n(00.000004) more\n`)).toEqual([
		'Error (criu/a.c:1): first',
		'Error (criu/b.c:2): second',
	]);
	const many = Array.from({ length: 20 }, (_, index) => `(00.1) Error number ${index}`).join('\n');
	expect(logged(many)).toEqual([15, 16, 17, 18, 19].map((index) => `Error number ${index}`));
});

test('without errors its end, and no line without an end', () => {
	expect(logged('(00.1) one\n\n(00.2) two\n')).toEqual(['one', 'two']);
	expect(logged(`Error ${'x'.repeat(10_000)}`)[0]).toHaveLength(300);
	expect(errorLines(join(folder, 'absent'))).toEqual([]);
});

test('a link in place of a log is not followed', () => {
	writeFileSync(join(folder, 'secret'), 'Error secret');
	symlinkSync('secret', join(folder, 'link'));
	expect(() => errorLines(join(folder, 'link'))).toThrow(/symbolic/);
});

describe('where criu is', () => {
	const install = (name: string, mode: number) => writeFileSync(join(folder, name), '', { mode });

	test('the first of PATH that can be executed', () => {
		install('criu', 0o755);
		expect(findCriu({ PATH: `/nonexistent:${folder}:/also` })).toEqual({
			file: join(folder, 'criu'),
			searchPath: `/nonexistent:${folder}:/also`,
		});
	});

	test('not what cannot be executed, nor anything in the current directory', () => {
		install('criu', 0o644);
		for (const PATH of [folder, `:${folder}`, `.:${folder}`]) {
			expect(() => findCriu({ PATH })).toThrow(
				expect.objectContaining({ code: 'ERR_CRIU', hint: expect.stringContaining(folder) }),
			);
		}
	});
});
