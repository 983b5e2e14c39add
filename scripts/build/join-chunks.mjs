import { parseAst } from '@rollup/wasm-node/parseAst';
import { dynamicImport, importedBy, namesIn, readChunks } from './chunk.mjs';
import { CommandFailed } from './run.mjs';
import { namesDeclared } from './syntax.mjs';

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
 * Layers are nested: the function of the second is in that of the first, and that of any other chunk is in the last layer that it
 * imports from. What it uses of these it sees, without an object of exports between; and so does what inlines functions.
 *
 * @param entry name of the chunk to begin with
 * @param hot names of chunks that are to be in the first module; what they import is there too
 * @param layers names of hot chunks, of which each imports from those before it only
 * @returns the texts; the first module loads the second as `./rest.js`
 */
export function joinChunks(folder, entry, hot, layers = []) {
	const chunks = readChunks(folder);
	refuseMissing(chunks);
	refuseCycles(chunks);
	const first = importedBy(chunks, [entry, ...hot, ...layers]);
	const numbers = new Map([...chunks.keys()].map((name, index) => [name, index]));
	const joiner = new Joiner(chunks, numbers, first, layers);
	const shared = [...first].map((name) => `$chunk${numbers.get(name)}`).join(', ');
	const rest = [...chunks.keys()].filter((name) => !first.has(name));
	return {
		first: lines([
			'// @bun',
			'(($require) => {',
			`const $rest = async (number) => (await import("./rest.js")).rest({ ${shared} }, $require)[number]();`,
			...[...first].map((name) => joiner.accessor(name)),
			...joiner.functionsIn(undefined),
			`$chunk${numbers.get(entry)}();`,
			'})(import.meta.require);',
		]),
		rest: lines([
			'// @bun',
			'let $rest;',
			`export const rest = ({ ${shared} }, $require) => $rest ??= (() => {`,
			...rest.map((name) => joiner.accessor(name)),
			...rest.map((name) => joiner.maker(name)),
			`return { ${rest.map((name) => `${numbers.get(name)}: $chunk${numbers.get(name)}`).join(', ')} };`,
			'})();',
		]),
	};
}

const lines = (list) => `${list.join('\n')}\n`;

class Joiner {
	constructor(chunks, numbers, first, layers) {
		this.chunks = chunks;
		this.numbers = numbers;
		this.first = first;
		this.layers = layers;
		this.declared = new Map([...first].map((name) => [name, this.namesIn(name)]));
		for (const layer of layers) refuseGlobals(layer, this.declared.get(layer));
	}

	/** The names that the function of a chunk declares: in its body, and for what it imports but for what it sees as it is called. */
	namesIn(name) {
		const { imports, body } = this.chunks.get(name);
		const around = this.around(name);
		const imported = imports.flatMap(({ from, names }) => {
			if (names === undefined) return [];
			if (!names.startsWith('{')) return [bindingOf(names)];
			const layer = around.find((one) => from === `./${one}`);
			return namesIn(names)
				.filter(({ first, second }) => layer === undefined || this.ownName(layer, first, name) !== second)
				.map(({ second }) => second);
		});
		return new Set([...parseAst(body).body.flatMap(namesDeclared), ...imported]);
	}

	number(from, importer) {
		const number = this.numbers.get(from.slice('./'.length));
		if (number === undefined) throw new CommandFailed(`${importer}: loads ${from}, which is not there`);
		return number;
	}

	/** The layers around a chunk, the last one first. */
	around(name) {
		if (!this.first.has(name)) return [];
		const needed = importedBy(this.chunks, [name]);
		needed.delete(name);
		const own = this.layers.indexOf(name);
		const last = own < 0 ? this.layers.findLastIndex((layer) => needed.has(layer)) : own - 1;
		return this.layers.slice(0, last + 1).reverse();
	}

	/** What makes the chunks whose place is in this layer, or in none. */
	functionsIn(layer) {
		return [...this.first].filter((name) => this.around(name)[0] === layer).map((name) => this.maker(name));
	}

	/** What gives the exports of a chunk; of a layer they are an object only when somebody asks who is not within it. */
	accessor(name) {
		const number = this.numbers.get(name);
		const [layer] = this.around(name);
		const entered = layer === undefined ? '' : `$enter${this.numbers.get(layer)}(), `;
		const exports = `var $exports${number}, $make${number}; const $chunk${number} = () => $exports${number} ??=`;
		if (!this.layers.includes(name)) return `${exports} (${entered}$make${number})();`;
		return [
			`var $given${number}; const $enter${number} = () => $given${number} ??= (${entered}$make${number})();`,
			`${exports} $enter${number}()();`,
		].join('\n');
	}

	/** What runs the body of a chunk. */
	maker(name) {
		const { imports, body } = this.chunks.get(name);
		return [
			`$make${this.numbers.get(name)} = () => {`,
			...imports.flatMap((statement) => this.needed(name, statement)),
			body.replace(dynamicImport, (_, from) => this.neededLater(from, name)),
			...(this.layers.includes(name) ? [...this.aliases(name), ...this.functionsIn(name)] : []),
			`return ${this.exported(name)};`,
			'};',
		].join('\n');
	}

	exported(name) {
		const members = this.exportsOf(name).map(({ first, second }) => `${second}: ${first}`);
		const object = `{ ${members.join(', ')} }`;
		return this.layers.includes(name) ? `() => (${object})` : object;
	}

	/** Of a layer only those that a chunk asks for which is not within it: what is exported cannot be made part of its caller. */
	exportsOf(name) {
		const { exports } = this.chunks.get(name);
		if (!this.layers.includes(name)) return exports;
		const outside = [...this.chunks].filter(([other]) => !this.around(other).includes(name));
		const asked = outside.flatMap(([, { imports }]) =>
			imports
				.filter(({ from, names }) => from === `./${name}` && names !== undefined)
				.flatMap(({ names }) => namesIn(names))
				.map(({ first }) => first),
		);
		return exports.filter(({ second }) => asked.includes(second));
	}

	needed(importer, { from, names }) {
		const source = from.startsWith('./') ? from.slice(2) : undefined;
		if (source === undefined) {
			const module = `$require(${JSON.stringify(from)})`;
			return names === undefined ? [`${module};`] : [`var ${bindingOf(names)} = ${module};`];
		}
		const exports = `$chunk${this.number(from, importer)}()`;
		if (this.around(importer).includes(source)) {
			if (names === undefined) return [];
			return namesIn(names).flatMap((name) => this.seen(importer, source, name));
		}
		return names === undefined ? [`${exports};`] : [`var ${bindingOf(names)} = ${exports};`];
	}

	/** What a chunk has to declare for what it imports of a layer around it: nothing, if it calls it as the layer does. */
	seen(importer, layer, { first: exported, second: local }) {
		const own = this.ownName(layer, exported, importer);
		if (own === local && !this.isHidden(importer, layer, own)) return [];
		return [`var ${local} = ${this.alias(layer, own)};`];
	}

	ownName(layer, exported, importer) {
		const found = this.chunks.get(layer).exports.find(({ second }) => second === exported);
		if (found === undefined) throw new CommandFailed(`${importer}: imports ${exported}, which ${layer} does not have`);
		return found.first;
	}

	/** Whether something between a layer and a chunk in it declares the name again. */
	isHidden(importer, layer, name) {
		const around = this.around(importer);
		const between = [importer, ...around.slice(0, around.indexOf(layer))];
		return between.some((chunk) => this.declared.get(chunk).has(name));
	}

	alias(layer, name) {
		return `$of${this.numbers.get(layer)}_${name}`;
	}

	/** The names by which chunks within a layer know what has another name there. */
	aliases(layer) {
		const within = [...this.first].filter((name) => this.around(name).includes(layer));
		const needed = within.flatMap((name) =>
			this.chunks
				.get(name)
				.imports.filter(({ from, names }) => from === `./${layer}` && names !== undefined)
				.flatMap(({ names }) => namesIn(names))
				.filter((one) => this.seen(name, layer, one).length > 0)
				.map(({ first: exported }) => this.ownName(layer, exported, name)),
		);
		return [...new Set(needed)].map((own) => `var ${this.alias(layer, own)} = ${own};`);
	}

	neededLater(from, importer) {
		const number = this.number(from, importer);
		return this.first.has(importer) && !this.first.has(from.slice(2))
			? `$rest(${number})`
			: `Promise.resolve().then(() => $chunk${number}())`;
	}
}

/** What takes the exports in: the names in braces, or one name for a whole module of Node. */
function bindingOf(names) {
	if (!names.startsWith('{')) return names.replace('* as ', '');
	return `{ ${namesIn(names)
		.map(({ first, second }) => `${first}: ${second}`)
		.join(', ')} }`;
}

// A chunk within a layer that means the global thing would have that of the layer.
function refuseGlobals(layer, names) {
	const found = [...names].find((name) => name in globalThis || name === 'Bun');
	if (found !== undefined) throw new CommandFailed(`${layer}: ${found} has the name of something global`);
}

function refuseMissing(chunks) {
	for (const [name, { imports }] of chunks) {
		const missing = imports.find(({ from }) => from.startsWith('./') && !chunks.has(from.slice(2)));
		if (missing !== undefined) throw new CommandFailed(`${name}: imports ${missing.from}, which is not there`);
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
