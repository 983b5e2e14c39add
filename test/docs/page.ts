import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
	/** Of its fence, from 1 on. */
	readonly line: number;
	readonly language: string;
	/** What follows the language. */
	readonly info: string;
	readonly text: string;
	/** What the comments right before it say, by the word before their colon: `not run`, `needs`, `fails`. */
	readonly notes: ReadonlyMap<string, string>;
}

export interface Page {
	/** Path in the repository. */
	readonly path: string;
	readonly blocks: readonly Block[];
	/** The test that follows the page instead, as `<!-- commands: PATH -->` says. */
	readonly followedBy: string | undefined;
	/** Lines that are shown as code because they are indented: nobody can tell what they are written in. */
	readonly indented: readonly number[];
}

/** Every page that a person reads; those that are made from the sources have no commands. */
export function pages(): Page[] {
	const made = ['docs/api', 'docs/errors.md', 'docs/spec-coverage.md'];
	const docs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' }).map(
		(name) => `docs/${name}`,
	);
	return ['README.md', 'examples/README.md', ...docs]
		.filter((path) => path.endsWith('.md') && !made.some((one) => path.startsWith(one)))
		.sort()
		.map((path) => parsePage(path, readFileSync(join(repository, path), 'utf8')));
}

const note = /^<!-- ([a-z ]+?): (.*) -->$/;

/** Blocks, and code that is none, of a page. */
export function parsePage(path: string, text: string): Page {
	const blocks: Block[] = [];
	const indented: number[] = [];
	let notes = new Map<string, string>();
	let followedBy: string | undefined;
	let open: { line: number; language: string; info: string; body: string[] } | undefined;
	let before = '';
	for (const [index, line] of text.split('\n').entries()) {
		const [, language = '', info = ''] = /^```(\w*) ?(.*)$/.exec(line) ?? [];
		const [, name = '', value = ''] = note.exec(line) ?? [];
		if (open !== undefined) {
			if (line !== '```') open.body.push(line);
			else {
				blocks.push({ ...open, text: `${open.body.join('\n')}\n`, notes });
				open = undefined;
				notes = new Map();
			}
		} else if (line.startsWith('```')) open = { line: index + 1, language, info, body: [] };
		else if (name === 'commands') followedBy = value;
		else if (name !== '') notes.set(name, value);
		else if (line !== '') notes = new Map();
		if (open === undefined && /^(?: {4}|\t)\S/.test(line) && before === '') indented.push(index + 1);
		before = line;
	}
	if (open !== undefined) throw new Error(`${path}:${open.line}: the block has no end`);
	return { path, blocks, followedBy, indented };
}
