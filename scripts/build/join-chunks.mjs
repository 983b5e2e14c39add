import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from './run.mjs';

/**
 * Joins the chunks that a bundler has written to `folder` to two modules: what every call needs, and the rest. Each chunk
 * becomes a function that runs its body when it is needed for the first time, and gives its exports.
 *
 * Three things of JavaScriptCore's make this worth it for a program that calls each of its functions once. What a function
 * uses from its module is looked up when the function is called for the first time, name by name through the scopes of the
 * module; what it uses from a function around it was resolved when the bytecode was made: 300 functions of two lines took
 * 3.4 ms of processor time at the top of a module, and 1.7 ms in a function. Each module pays its own way through the
 * loader (found, decoded, linked, evaluated, with a turn of the event loop between), which a call does not. And the text of
 * a module is read to its end, whatever of it is used.
 *
 * @param entry name of the chunk to begin with
 * @param hot whether a source file, by its path in the repository, is to be in the first module; what it imports is there too
 * @returns the texts; the first module loads the second as `./rest.js`
 */
export function joinChunks(folder, entry, hot) {
	const chunks = new Map(
		readdirSync(folder)
			.filter((name) => name.endsWith('.js'))
			.map((name) => [name, splitChunk(name, readFileSync(join(folder, name), 'utf8'))]),
	);
	refuseCycles(chunks);
	const first = hotChunks(chunks, entry, hot);
	const numbers = new Map([...chunks.keys()].map((name, index) => [name, index]));
	const numberOf = (from, importer) => {
		const number = numbers.get(from.slice(2));
		if (number === undefined) throw new CommandFailed(`${importer}: imports ${from}, which is not there`);
		return number;
	};
	const need = (from, importer) =>
		from.startsWith('./') ? `$chunk${numberOf(from, importer)}()` : `$require(${JSON.stringify(from)})`;
	const needLater = (from, importer) =>
		first.has(importer) && !first.has(from.slice(2))
			? `$rest(${numberOf(from, importer)})`
			: `Promise.resolve().then(() => ${need(from, importer)})`;
	const functionsOf = (isHere) =>
		[...chunks]
			.filter(([name]) => isHere(name))
			.map(([name, chunk]) => asFunction(name, chunk, numbers.get(name), need, needLater));
	const namesOf = (isThere) => [...chunks.keys()].filter(isThere).map((name) => `$chunk${numbers.get(name)}`);
	const shared = namesOf((name) => first.has(name)).join(', ');
	return {
		first: lines([
			'// @bun',
			'(($require) => {',
			...functionsOf((name) => first.has(name)),
			`const $rest = async (number) => (await import("./rest.js")).rest({ ${shared} }, $require)[number]();`,
			`${need(`./${entry}`, entry)};`,
			'})(import.meta.require);',
		]),
		rest: lines([
			'// @bun',
			'let $rest;',
			`export const rest = ({ ${shared} }, $require) => $rest ??= (() => {`,
			...functionsOf((name) => !first.has(name)),
			`return { ${namesOf((name) => !first.has(name))
				.map((name) => `${name.slice('$chunk'.length)}: ${name}`)
				.join(', ')} };`,
			'})();',
		]),
	};
}

const lines = (list) => `${list.join('\n')}\n`;

/** The entry, the chunks with a source file that is hot, and what they import; and what adds nothing to these. */
function hotChunks(chunks, entry, hot) {
	const found = new Set();
	const add = (name) => {
		if (found.has(name)) return;
		found.add(name);
		for (const { from } of chunks.get(name)?.imports ?? []) if (from.startsWith('./')) add(from.slice(2));
	};
	add(entry);
	for (const [name, { sources }] of chunks) if (sources.some(hot)) add(name);
	for (const [name, { sources, imports }] of chunks) {
		if (sources.length === 0 && imports.every(({ from }) => found.has(from.slice(2)))) add(name);
	}
	return found;
}

// As Bun writes them, unminified: each statement begins a line, and only braces stand between it and its `from`.
const importStatement = /^import(?: *(\{[^}]*\}|(?:\* as )?[\w$]+) *from)? *"([^"]*)";\n/gm;
const exportStatement = /^export (\{[^}]*\});\n/gm;
const dynamicImport = /\bimport\("(\.\/[^"]*)"\)/g;

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
		.replace(exportStatement, (_, names) => {
			exports.push(...namesIn(names));
			return '';
		});
	if (/^(?:import|export)\b(?! *\()/m.test(body))
		throw new CommandFailed(`${name}: an import or export that is not understood`);
	for (const { first } of exports) refuseAssignments(name, first, body);
	const sources = [...body.matchAll(/^\/\/ (\S+\.\w+)$/gm)].map(([, path]) => path);
	return { imports, exports, body, sources };
}

/** `{ a, b as c }` as [{ first: 'a', second: 'a' }, { first: 'b', second: 'c' }]. */
function namesIn(list) {
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

function asFunction(name, { imports, exports, body }, number, need, needLater) {
	const needed = imports.map(({ from, names }) =>
		names === undefined ? `${need(from, name)};` : `const ${bindingOf(names)} = ${need(from, name)};`,
	);
	const lazily = body.replace(dynamicImport, (_, from) => needLater(from, name));
	return [
		`let $exports${number};`,
		`const $chunk${number} = () => $exports${number} ??= (() => {`,
		...needed,
		lazily,
		`return { ${exports.map(({ first, second }) => `${second}: ${first}`).join(', ')} };`,
		'})();',
	].join('\n');
}

/** What takes the exports in: the names in braces, or one name for a whole module of Node. */
function bindingOf(names) {
	if (!names.startsWith('{')) return names.replace('* as ', '');
	return `{ ${namesIn(names)
		.map(({ first, second }) => `${first}: ${second}`)
		.join(', ')} }`;
}

// The result of the function is made once: an export that is given another value later would keep its first one.
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

// Of two chunks that import each other the one would run before the other has its exports.
function refuseCycles(chunks) {
	const done = new Set();
	const visit = (name, above) => {
		if (above.includes(name)) throw new CommandFailed(`chunks import each other: ${[...above, name].join(' -> ')}`);
		if (done.has(name)) return;
		done.add(name);
		for (const { from } of chunks.get(name)?.imports ?? []) visit(from.replace(/^\.\//, ''), [...above, name]);
	};
	for (const name of chunks.keys()) visit(name, []);
}
