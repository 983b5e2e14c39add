import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve('scripts/build/join-chunks.mjs');
const { joinChunks } = (await import(script)) as {
	joinChunks: (
		folder: string,
		entry: string,
		hot: Iterable<string>,
		layers?: readonly string[],
	) => { first: string; rest: string };
};

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-chunks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function chunk(name: string, text: string): void {
	writeFileSync(join(folder, name), text);
}

/** Runs the joined modules as Bun would; what they say comes back. */
async function run({ first, rest }: { first: string; rest: string }): Promise<unknown[]> {
	const said: unknown[] = [];
	const say = (...words: unknown[]) => said.push(...words);
	const require = createRequire(import.meta.url);
	const loaded = new Function('say', `${rest.replace('export const', 'const')}return { rest };`);
	const load = async () => loaded(say);
	const body = first.replace('import.meta.require', 'require').replace('import("./rest.js")', 'load()');
	new Function('require', 'say', 'load', body)(require, say, load);
	// Turns of the queue for what a dynamic import brings.
	for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
	return said;
}

test('chunks do what they did, each once, when it is needed', async () => {
	chunk(
		'base.js',
		'// @bun\nsay("base");\nvar step = 2;\nfunction twice(n) {\n  return n * step;\n}\n\nexport { twice, step as by };\n',
	);
	chunk('often.js', '// @bun\n// lib/often.ts\nsay("often");\nvar often = 1;\nexport { often };\n');
	chunk('again.js', '// @bun\nimport { often } from "./often.js";\nexport { often };\n');
	chunk(
		'rare.js',
		'// @bun\n// lib/rare.ts\nimport { by } from "./base.js";\nsay("rare");\nvar rare = by + 1;\nexport { rare };\n',
	);
	chunk('never.js', '// @bun\n// lib/never.ts\nsay("never");\n');
	chunk(
		'entry.js',
		'#!/usr/bin/env node\n// @bun\nimport {\n  twice,\n  by as factor\n} from "./base.js";\nimport { join as join2 } from "path";\nimport os from "os";\n' +
			'class Box {\n  value = join2("a", String(twice(factor)));\n}\nsay(new Box().value);\n' +
			'async function later() {\n  say((await import("./again.js")).often);\n  say((await import("./rare.js")).rare);\n}\nlater();\nsay(typeof os.uptime);\n\nexport { Box };\n',
	);
	const joined = joinChunks(folder, 'entry.js', ['often.js', 'again.js']);
	expect(await run(joined)).toEqual(['base', 'a/4', 'function', 'often', 1, 'rare', 3]);
	expect(joined.first).toContain('"often"');
	expect(joined.first).not.toMatch(/"rare"|"never"/);
});

test('a chunk sees what is in the layers around it, whatever names are declared between', async () => {
	chunk(
		'below.js',
		'// @bun\nsay("below");\nvar one = 1;\nvar two = 2;\nvar three = 7;\nexport { one, two as second, three };\n',
	);
	// Its own `two` hides the one of the layer below, which a chunk within it asks for; and `second` is another name of it.
	chunk(
		'above.js',
		'// @bun\nimport { one as uno, second } from "./below.js";\nsay("above");\nvar two = uno + second;\nexport { two, uno };\n',
	);
	chunk(
		'inner.js',
		'// @bun\nimport { one, second as two, three } from "./below.js";\nimport { two as sum } from "./above.js";\nimport { apart } from "./apart.js";\n' +
			'var inner = [one, two, three, sum, apart];\nexport { inner };\n',
	);
	chunk('apart.js', '// @bun\nvar apart = "apart";\nvar one = "its own";\nexport { apart };\n');
	chunk('rare.js', '// @bun\nimport { second } from "./below.js";\nvar rare = second;\nexport { rare };\n');
	chunk(
		'entry.js',
		'// @bun\nimport { three } from "./below.js";\nsay(three);\nasync function later() {\n' +
			'  say(...(await import("./inner.js")).inner);\n  say((await import("./rare.js")).rare);\n}\nlater();\n\nexport { later };\n',
	);
	const layers = ['below.js', 'above.js'];
	const joined = joinChunks(folder, 'entry.js', ['inner.js', 'apart.js', ...layers], layers);
	expect(await run(joined)).toEqual(['below', 7, 'above', 1, 2, 7, 3, 'apart', 2]);
});

test('a name that a layer gives to what it imports hides that of the layer around it', async () => {
	chunk(
		'outer.js',
		'// @bun\nvar word = "first";\nvar word$1 = "second";\nvar path = "own";\nexport { word, word$1, path };\n',
	);
	chunk(
		'inner.js',
		'// @bun\nimport { word as word$1 } from "./outer.js";\nimport path from "node:path";\nsay(word$1, path.sep);\nvar inner = 0;\nexport { inner };\n',
	);
	chunk(
		'within.js',
		'// @bun\nimport { inner } from "./inner.js";\nimport { word$1, path } from "./outer.js";\nvar within = [word$1, path, inner];\nexport { within };\n',
	);
	chunk(
		'entry.js',
		'// @bun\nimport { word } from "./outer.js";\nasync function later() {\n  say(word, ...(await import("./within.js")).within);\n}\nlater();\n\nexport { later };\n',
	);
	const layers = ['outer.js', 'inner.js'];
	expect(await run(joinChunks(folder, 'entry.js', ['within.js', ...layers], layers))).toEqual([
		'first',
		'/',
		'first',
		'second',
		'own',
		0,
	]);
});

test('a layer is within the one before it, also when it imports nothing from it', async () => {
	chunk('outer.js', '// @bun\nvar zero = 0;\nexport { zero };\n');
	chunk('inner.js', '// @bun\nvar one = 1;\nexport { one };\n');
	chunk(
		'entry.js',
		'// @bun\nimport { one } from "./inner.js";\nimport { zero } from "./outer.js";\nsay(zero, one);\n\nvar done = true;\nexport { done };\n',
	);
	const layers = ['outer.js', 'inner.js'];
	expect(await run(joinChunks(folder, 'entry.js', layers, layers))).toEqual([0, 1]);
});

test('a layer that has the name of something global is refused', () => {
	chunk('layer.js', '// @bun\nvar performance = 1;\nexport { performance };\n');
	chunk(
		'entry.js',
		'// @bun\nimport { performance } from "./layer.js";\nsay(performance);\nvar done = 1;\nexport { done };\n',
	);
	expect(() => joinChunks(folder, 'entry.js', ['layer.js'], ['layer.js'])).toThrow('layer.js: performance');
});

test.each([
	['an export that changes later', 'var count = 0;\nfunction add() {\n  count += 1;\n}\nexport { count, add };\n'],
	['a default import of another', 'import path from "./base.js";\nvar here = path;\nexport { here };\n'],
	['a statement of another form', 'export default 7;\n'],
	['a chunk that imports itself', 'import { a } from "./one.js";\nvar a2 = a;\nexport { a2 as a };\n'],
	['a chunk that is not there', 'import { a } from "./two.js";\nvar b = a;\nexport { b };\n'],
])('%s is refused', (_, text) => {
	chunk('one.js', text);
	expect(() => joinChunks(folder, 'one.js', ['one.js'])).toThrow(/one\.js/);
});
