import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve('scripts/build/wrap-chunks.mjs');
const { wrapChunks } = (await import(script)) as { wrapChunks: (folder: string) => void };

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-chunks-'));
	// Outside of the repository nothing says that .js files are modules.
	chunk('package.json', '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

function chunk(name: string, text: string): void {
	writeFileSync(join(folder, name), text);
}

test('a chunk does what it did, from inside a function', async () => {
	chunk(
		'base.js',
		'// @bun\nvar step = 2;\nfunction twice(n) {\n  return n * step;\n}\n\nexport { twice, step as by };\n',
	);
	chunk(
		'entry.js',
		'#!/usr/bin/env node\n// @bun\nimport {\n  twice,\n  by as factor\n} from "./base.js";\nimport { join as join2 } from "path";\n' +
			'async function later() {\n  return (await import("./base.js")).by;\n}\n' +
			'class Box {\n  value = join2("a", String(twice(factor)));\n}\n\nexport { Box, later };\n',
	);
	wrapChunks(folder);
	expect(readFileSync(join(folder, 'entry.js'), 'utf8')).toMatch(/=> \{\n.*class Box.*\n\}\)\(/s);
	const { Box, later } = (await import(join(folder, 'entry.js'))) as {
		Box: new () => { value: string };
		later: () => Promise<number>;
	};
	expect(new Box().value).toBe('a/4');
	expect(await later()).toBe(2);
});

test('a chunk with code of a package stays as it is', () => {
	const text = '// node_modules/some/index.js\nvar state = 0;\nstate = 1;\nexport { state };\n';
	chunk('foreign.js', text);
	wrapChunks(folder);
	expect(readFileSync(join(folder, 'foreign.js'), 'utf8')).toBe(text);
});

test.each([
	['an export that changes later', 'var count = 0;\nfunction add() {\n  count += 1;\n}\nexport { count, add };\n'],
	['a default import', 'import path from "path";\nvar here = path;\nexport { here };\n'],
	['a statement of another form', 'export default 7;\n'],
	['a chunk that imports itself', 'import { a } from "./one.js";\nvar a2 = a;\nexport { a2 as a };\n'],
])('%s is refused', (_, text) => {
	chunk('one.js', text);
	expect(() => wrapChunks(folder)).toThrow(/one\.js/);
});
