import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rollup } from '@rollup/wasm-node';
import { dynamicImport, importedBy, readChunks } from './chunk.mjs';
import { CommandFailed } from './run.mjs';

/**
 * Merges chunks that a bundler has written to `from`, and writes them to `to`: those that are needed by the same of the hot calls
 * become one. A bundler makes a chunk for each set of lazy imports that share a module, however seldom these are used; what
 * a call pays is for each chunk: two functions, an object of exports and the names taken out of it (86 functions fewer in
 * `run`, of 850; 0.7 ms of 17).
 *
 * @param entry name of the chunk to begin with
 * @param calls for each hot call, the source files that it loads beside the entry
 * @returns the names of the chunks, as they are now, that a hot call may load
 */
export async function mergeChunks(from, to, entry, calls) {
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
		const users = needed.flatMap((names, call) => (names.has(name) ? [call] : [])).join('-');
		groups.set(name, `hot-${users}`);
	}
	rmSync(to, { recursive: true, force: true });
	await write(join(from, entry), to, groups);
	return new Set([...hot].map((name) => (groups.has(name) ? `${groups.get(name)}.js` : name)));
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
