import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from './run.mjs';

// As bundlers write them, unminified: each statement begins a line, and only braces stand between it and its `from`.
const importStatement = /^import(?: *(\{[^}]*\}|(?:\* as )?[\w$]+) *from)? *["']([^"']*)["'];\n/gm;
const exportStatement = /^export (\{[^}]*\})(?: *from *["']([^"']*)["'])?;\n/gm;
/** Says from which source file the text below it comes. */
export const sourceComment = /^\/\/ (\S+\.\w+)$/gm;
export const dynamicImport = /\bimport\(["'](\.\/[^"']*)["']\)/g;

/**
 * The chunks that a bundler has written to `folder`, by file name: what each imports and exports, its body without these
 * statements, and the source files that it is made of.
 */
export function readChunks(folder) {
	const names = readdirSync(folder).filter((name) => name.endsWith('.js'));
	return new Map(names.map((name) => [name, splitChunk(name, readFileSync(join(folder, name), 'utf8'))]));
}

function splitChunk(name, text) {
	const imports = [];
	const exports = [];
	const body = text
		.replace(/^#!.*\n/, '')
		.replace(importStatement, (_, names, from) => {
			if (names?.startsWith('{') === false && from.startsWith('.'))
				throw new CommandFailed(`${name}: a default import of another chunk: ${from}`);
			imports.push({ from, names });
			return '';
		})
		.replace(exportStatement, (_, names, from) => {
			exports.push(...(from === undefined ? namesIn(names) : passedOn(names, from, imports)));
			return '';
		});
	if (/^(?:import|export)\b(?! *\()/m.test(body))
		throw new CommandFailed(`${name}: an import or export that is not understood`);
	for (const { first } of exports) refuseAssignments(name, first, body);
	const sources = [...body.matchAll(sourceComment)].map(([, path]) => path);
	return { imports, exports, body, sources };
}

/** What is exported from another chunk, as an import of it and exports. */
function passedOn(names, from, imports) {
	const list = namesIn(names).map(({ first, second }) => ({ theirs: first, ours: `$passed_${second}`, second }));
	imports.push({ from, names: `{ ${list.map(({ theirs, ours }) => `${theirs} as ${ours}`).join(', ')} }` });
	return list.map(({ ours, second }) => ({ first: ours, second }));
}

/** `{ a, b as c }` as [{ first: 'a', second: 'a' }, { first: 'b', second: 'c' }]. */
export function namesIn(list) {
	return list
		.slice(1, -1)
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '')
		.map((entry) => {
			const [first, second = first] = entry.split(/\s+as\s+/);
			return { first, second };
		});
}

// What joins the chunks takes the value of an export once: one that is given another later would keep its first one.
function refuseAssignments(chunk, name, body) {
	const quoted = name.replaceAll('$', '\\$');
	// Bun begins a line with every statement.
	if (
		new RegExp(`^\\s*(?:${quoted} *(?:[-+*/%|&?^<>]{0,3}=(?![=>])|\\+\\+|--)|(?:\\+\\+|--)${quoted}\\b)`, 'm').test(
			body,
		)
	) {
		throw new CommandFailed(`${chunk}: ${name} is exported and assigned to; export a function that gives its value`);
	}
}

/** The names of `roots` and of all that they import, at once and not only when asked for. */
export function importedBy(chunks, roots) {
	const found = new Set();
	const add = (name) => {
		if (found.has(name)) return;
		found.add(name);
		for (const { from } of chunks.get(name)?.imports ?? []) if (from.startsWith('./')) add(from.slice(2));
	};
	for (const root of roots) add(root);
	return found;
}
