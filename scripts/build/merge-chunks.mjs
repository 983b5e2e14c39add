import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rollup } from '@rollup/wasm-node';
import { dynamicImport, importedBy, readChunks } from './chunk.mjs';
import { CommandFailed } from './run.mjs';

/**
 * Merges chunks that a bundler has written to `from`, and writes them to `to`. A bundler makes a chunk for each set of lazy
 * imports that share a module, however seldom these are used; what a call pays is for each chunk: two functions, an object of
 * exports and the names taken out of it (86 functions fewer in `run`, of 850; 0.7 ms of 17). What several of the hot calls need
 * becomes part of a layer, what one of them needs a chunk of its own.
 *
 * @param entry name of the chunk to begin with
 * @param calls for each hot call, the source files that it loads beside the entry
 * @param layers for each layer the hot calls that load it, by index: all of them first, and each one with fewer after it. What is
 * needed by some of the calls goes to the last that has all of these, and so is loaded by few that do not need it
 * @returns the names of the chunks, as they are now, that a hot call may load; and of these the layers, each of which may import
 * from those before it
 */
export async function mergeChunks(from, to, entry, calls, layers) {
	const chunks = readChunks(from);
	const chunkOf = (source) => {
		const found = [...chunks].find(([, { sources }]) => sources.includes(source));
		if (found === undefined) throw new CommandFailed(`no chunk has ${source}`);
		return found[0];
	};
	const needed = calls.map((sources) => importedBy(chunks, [entry, ...sources.map(chunkOf)]));
	const hot = new Set(needed.flatMap((names) => [...names]));
	// What only names exports of hot chunks anew is the target of an import() in one of them.
	for (const [name, { sources, imports }] of chunks) {
		if (sources.length === 0 && imports.every(({ from }) => hot.has(from.slice(2)))) hot.add(name);
	}
	const targets = new Set([...chunks.values()].flatMap(({ body }) => targetsIn(body)));
	const groups = new Map();
	for (const name of hot) {
		// The exports of a target are an object of their own, which in a larger chunk would have to be made.
		if (name === entry || targets.has(name)) continue;
		const users = needed.flatMap((names, call) => (names.has(name) ? [call] : []));
		groups.set(name, users.length === 1 ? `hot-${users[0]}` : layerOf(layers, users));
	}
	rmSync(to, { recursive: true, force: true });
	await write(join(from, entry), to, groups);
	const now = new Set([...hot].map((name) => (groups.has(name) ? `${groups.get(name)}.js` : name)));
	return { hot: now, layers: layers.map((_, index) => `${nameOfLayer(index)}.js`).filter((name) => now.has(name)) };
}

const nameOfLayer = (index) => `layer-${index}`;

function layerOf(layers, users) {
	const index = layers.findLastIndex((calls) => users.every((call) => calls.includes(call)));
	if (index < 0) throw new CommandFailed(`no layer is loaded by the calls ${users.join(', ')}`);
	return nameOfLayer(index);
}

const targetsIn = (body) => [...body.matchAll(dynamicImport)].map(([, path]) => path.slice('./'.length));

async function write(input, to, groups) {
	const bundle = await rollup({
		input,
		// What a chunk does when it is loaded is wanted, and what nobody uses is gone already.
		treeshake: false,
		external: (id) => !id.startsWith('.') && !id.startsWith('/'),
		onwarn: ({ code, message }) => {
			if (code !== 'UNRESOLVED_IMPORT') throw new CommandFailed(message);
		},
	});
	await bundle.write({
		dir: to,
		format: 'es',
		entryFileNames: '[name].js',
		chunkFileNames: '[name].js',
		hoistTransitiveImports: false,
		minifyInternalExports: false,
		manualChunks: (id) => groups.get(basename(id)),
	});
	await bundle.close();
}
