import { dynamicImport, importedBy, namesIn, readChunks } from './chunk.mjs';
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
 * @param hot names of chunks that are to be in the first module; what they import is there too
 * @returns the texts; the first module loads the second as `./rest.js`
 */
export function joinChunks(folder, entry, hot) {
	const chunks = readChunks(folder);
	refuseCycles(chunks);
	const first = importedBy(chunks, [entry, ...hot]);
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
