import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../../lib/index.js';
import { controller } from '../harness/controllers.js';
import { criu } from '../harness/criu.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { follow, isShown } from './follow.js';
import { type Block, type Page, pages, parsePage, repository } from './page.js';

const all = pages();
const program = ({ language }: Block): boolean => ['sh', 'js'].includes(language);
const isOutput = ({ language, info }: Block): boolean => language === 'text' && info === 'output';
/** Written in what nobody executes. */
const data = ['text', 'json', 'jsonc', 'toml', 'yaml', 'ini'];

test('there are pages, with programs in them', () => {
	expect(all.length).toBeGreaterThan(10);
	expect(all.flatMap(({ blocks }) => blocks.filter(program)).length).toBeGreaterThan(40);
});

test.each(all)('all code in $path says what it is written in', ({ path, blocks, indented }) => {
	expect(indented.map((line) => `${path}:${line}`)).toEqual([]);
	const unknown = blocks.filter((block) => !program(block) && !data.includes(block.language));
	expect(unknown.map(({ line, language }) => `${path}:${line}: ${language}`)).toEqual([]);
});

test.each(all)('what $path shows as JSON is JSON', ({ blocks }) => {
	for (const { language, text } of blocks) if (language === 'json') expect(() => JSON.parse(text)).not.toThrow();
});

test.each(all)('every link of $path to a file of ours leads to one', ({ path }) => {
	const text = readFileSync(join(repository, path), 'utf8');
	const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
	const own = targets.filter((target) => !/^[a-z]+:/.test(target));
	expect(own.filter((target) => !existsSync(join(repository, path, '..', target)))).toEqual([]);
});

test.each(all)('where $path says that another test does it, there is that test', ({ blocks }) => {
	const notes = blocks.map(({ notes }) => notes.get('not run') ?? '');
	const named = notes.flatMap((note) => note.match(/\btest\/[\w./-]+/g) ?? []);
	expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

const elsewhere = all.filter(({ followedBy }) => followedBy !== undefined);
test.each(elsewhere)('$path is followed by $followedBy', ({ path, followedBy = '' }) => {
	expect(readFileSync(join(repository, followedBy), 'utf8')).toContain(path);
});

for (const page of all.filter(({ followedBy, blocks }) => followedBy === undefined && blocks.some(program))) {
	describeWith([root, busybox], page.path, () => {
		const reasons = page.blocks.filter(program).map((block) => ({ block, reason: reasonAgainst(block) }));
		for (const { block, reason } of reasons) {
			if (reason !== undefined) test.skip(`line ${block.line} is not run: ${reason}`, () => {});
		}
		const run = reasons.filter(({ reason }) => reason === undefined).map(({ block }) => block);
		if (run.length > 0) test('does what it says', () => expectToWork(page, run), 160_000);
	});
}

function reasonAgainst({ notes }: Block): string | undefined {
	const lacking = (notes.get('needs') ?? '')
		.split(/, */)
		.filter((name) => name !== '')
		.map((name) => (name === 'criu' ? criu : controller(name)))
		.filter(({ met }) => !met())
		.map(({ what }) => what);
	return notes.get('not run') ?? (lacking.length > 0 ? `needs ${lacking.join(', ')}` : undefined);
}

function expectToWork(page: Page, blocks: readonly Block[]): void {
	const { status, printed, said, left } = follow(blocks);
	const reached = printed.findLastIndex((text) => text !== undefined);
	const at = `${page.path}:${blocks[reached]?.line}`;
	if (status !== 0 || said !== '') throw new Error(`${at}: the end was status ${status}\n${printed[reached]}${said}`);
	expect(left).toBe('');
	for (const [index, block] of blocks.entries()) {
		const next = page.blocks[page.blocks.indexOf(block) + 1];
		if (next === undefined || !isOutput(next) || isShown(next.text, printed[index] ?? '')) continue;
		// Shown as a difference.
		expect(`${page.path}:${next.line}\n${printed[index]}`).toBe(`${page.path}:${next.line}\n${next.text}`);
	}
}

describe('the reader of pages', () => {
	const text = '# T\n\n<!-- not run: no time -->\n```sh\nexit\n```\n\n```text output\na\n```\n\n    code\n';

	test('knows blocks by line, language, info and notes, and code that is none', () => {
		const { blocks, indented } = parsePage('page.md', text);
		expect(blocks.map(({ line, language, info, text }) => [line, language, info, text])).toEqual([
			[4, 'sh', '', 'exit\n'],
			[8, 'text', 'output', 'a\n'],
		]);
		expect(blocks.map(({ notes }) => notes.get('not run'))).toEqual(['no time', undefined]);
		expect(indented).toEqual([12]);
		expect(() => parsePage('page.md', '```sh\n')).toThrow('page.md:1');
	});

	test.each([
		['a\n', 'a\n', true],
		['a\n', 'a\nb\n', false],
		['pid ... of (x)\n', 'pid 12 of (x)\n', true],
		['pid ... of\n', 'pid 1\n2 of\n', false],
		['a\n...\nz\n', 'a\nb\nc\nz\n', true],
		['a\n...\nz\n', 'a\nb\nc\n', false],
	])('%j shows %j: %p', (expected, printed, answer) => {
		expect(isShown(expected, printed)).toBe(answer);
	});
});

test('the page on troubleshooting has a section for every code, and for no other', () => {
	const text = readFileSync(join(repository, 'docs/troubleshooting.md'), 'utf8');
	const sections = [...text.matchAll(/^### (ERR_\w+)$/gm)].map(([, code]) => code);
	expect(sections.sort()).toEqual(Object.keys(errorCodes).sort());
});
