import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed } from './run.mjs';

/**
 * Turns the body of every chunk that a bundler has written to `folder` into one function: the chunk's imports are its
 * parameters, its exports its result.
 *
 * What a function uses from its module is looked up in JavaScriptCore when the function is called for the first time, name
 * by name through the scopes of the module; what it uses from a function around it was resolved when the bytecode was made.
 * A program that calls each of its functions once spends a quarter of its time on the former: 300 functions of two lines
 * took 3.4 ms of processor time at the top of a module, and 1.7 ms in a function.
 *
 * Chunks with code of other packages are left as they are: what is said here about exports holds for our own.
 */
export function wrapChunks(folder) {
	const chunks = new Map(
		readdirSync(folder)
			.filter((name) => name.endsWith('.js'))
			.map((name) => [name, splitChunk(name, readFileSync(join(folder, name), 'utf8'))]),
	);
	refuseCycles(chunks);
	for (const [name, chunk] of chunks) if (!chunk.foreign) writeFileSync(join(folder, name), wrapped(name, chunk));
}

// As Bun writes them, unminified: each statement begins a line, and only braces stand between it and its `from`.
const importStatement = /^import(?: *(\{[^}]*\}|[\w$]+) *from)? *"([^"]*)";\n/gm;
const exportStatement = /^export (\{[^}]*\});\n/gm;

function splitChunk(name, text) {
	const imports = [];
	const exports = [];
	const body = text
		.replace(/^#!.*\n/, '')
		.replace(importStatement, (_, names, from) => {
			imports.push({ from, names: names === undefined ? [] : namesIn(name, names) });
			return '';
		})
		.replace(exportStatement, (_, names) => {
			exports.push(...namesIn(name, names));
			return '';
		});
	return { imports, exports, body, foreign: /^\/\/ .*node_modules\//m.test(text) };
}

/** `{ a, b as c }` as [{ first: 'a', second: 'a' }, { first: 'b', second: 'c' }]. */
function namesIn(chunk, list) {
	if (!list.startsWith('{')) throw new CommandFailed(`${chunk}: a default import, which cannot be wrapped: ${list}`);
	const entries = list.slice(1, -1).split(',');
	return entries
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '')
		.map((entry) => {
			const [first, second = first] = entry.split(/\s+as\s+/);
			return { first, second };
		});
}

function wrapped(name, { imports, exports, body }) {
	if (/^(?:import|export)\b(?! *\()/m.test(body))
		throw new CommandFailed(`${name}: an import or export that is not understood`);
	const lines = ['// @bun'];
	const parameters = [];
	for (const { from, names } of imports) {
		for (const { second } of names) parameters.push(second);
		const list = names.map(({ first, second }) => `${first} as ${second}$in`).join(', ');
		lines.push(
			names.length === 0 ? `import ${JSON.stringify(from)};` : `import { ${list} } from ${JSON.stringify(from)};`,
		);
	}
	for (const { first } of exports) refuseAssignments(name, first, body);
	const result = exports.map(({ first }) => first).join(', ');
	const results = exports.map(({ first }) => `${first}: ${first}$out`).join(', ');
	const call = `((${parameters.join(', ')}) => {\n${body}\nreturn { ${result} };\n})(${parameters.map((one) => `${one}$in`).join(', ')});`;
	lines.push(exports.length === 0 ? call : `const { ${results} } = ${call}`);
	if (exports.length > 0) {
		lines.push(`export { ${exports.map(({ first, second }) => `${first}$out as ${second}`).join(', ')} };`);
	}
	return `${lines.join('\n')}\n`;
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

// Between chunks that import each other the parameters of one would not have their values yet.
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
