import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(repository, 'docs/security.md'), 'utf8');

const holeName = /CVE-\d{4}-\d{4,}/g;
const read = (path: string) => readFileSync(join(repository, path), 'utf8');
const names = (text: string) => new Set(text.match(holeName) ?? []);

const rows = page
	.split('\n')
	.filter((line) => /^\| (?!hole |-)/.test(line))
	.map((line) => {
		const [, hole = '', rule = '', code = '', test = ''] = line
			.split('|')
			.map((cell) => cell.trim().replaceAll('`', ''));
		return { hole, rule, code, test };
	});

test('the table has rows, and each of them all four cells', () => {
	expect(rows.length).toBeGreaterThan(25);
	for (const row of rows) for (const cell of Object.values(row)) expect([row.hole, cell]).not.toEqual([row.hole, '']);
});

test('every file that is named is there', () => {
	const files = [...page.matchAll(/`((?:addon|cli|docs|lib|scripts|test)\/[\w./-]+)`/g)].map(([, path = '']) => path);
	expect(files.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

test.each(rows)('the test of $hole speaks of it', ({ hole, test }) => {
	const spoken = names(read(test));
	expect([...names(hole)].filter((name) => !spoken.has(name))).toEqual([]);
});

test('every hole that a security test speaks of has a row with that test', () => {
	const folder = 'test/security';
	const listed = new Set(rows.flatMap(({ hole, test }) => [...names(hole)].map((name) => `${name} ${test}`)));
	const spoken = readdirSync(join(repository, folder)).flatMap((file) =>
		[...names(read(`${folder}/${file}`))].map((name) => `${name} ${folder}/${file}`),
	);
	const elsewhere = (entry: string) => rows.some(({ hole }) => names(hole).has(entry.split(' ')[0] ?? ''));
	expect(spoken.filter((entry) => !listed.has(entry) && !elsewhere(entry))).toEqual([]);
});

test('no row is about a hole that no title of a test has, alone or with its like', () => {
	for (const { hole, test } of rows.filter(({ hole }) => names(hole).size > 0)) {
		const titles = read(test).match(/^\t?(?:describeWith|test)\b.*$/gm) ?? [];
		const titled = names(titles.join('\n'));
		expect([hole, [...names(hole)].some((name) => titled.has(name))]).toEqual([hole, true]);
	}
});
