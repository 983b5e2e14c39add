import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve('scripts/build/merge-chunks.mjs');
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-chunks-'));
	mkdirSync(join(folder, 'from'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function chunk(name: string, text: string): void {
	writeFileSync(join(folder, 'from', name), `// @bun\n${text}`);
}

/** In a process of its own: the modules that Jest loads may not be those that the build loads. */
function merge(
	calls: readonly (readonly string[])[],
	loadedBy: readonly (readonly number[])[] = [],
): { hot: string[]; layers: string[] } {
	const [from, to] = [join(folder, 'from'), join(folder, 'to')];
	const program =
		`import { mergeChunks } from ${JSON.stringify(script)};\n` +
		`const { hot, layers } = await mergeChunks(...${JSON.stringify([from, to, 'entry.js', calls, loadedBy])});\n` +
		'console.log(JSON.stringify({ hot: [...hot], layers }));\n';
	return JSON.parse(
		execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', stdio: 'pipe' }),
	);
}

test('what the same calls need becomes one chunk, which does what its parts did', () => {
	chunk('step.js', '// lib/step.ts\nvar value = 2;\nexport { value };\n');
	chunk('twice.js', '// lib/twice.ts\nimport { value } from "./step.js";\nvar twice = value * 2;\nexport { twice };\n');
	chunk('seldom.js', '// lib/seldom.ts\nvar value = "seldom";\nexport { value };\n');
	chunk('run.js', '// cli/run.ts\nimport { twice } from "./twice.js";\nvar run = () => twice;\nexport { run };\n');
	chunk('help.js', '// cli/help.ts\nimport { value } from "./seldom.js";\nvar help = () => value;\nexport { help };\n');
	chunk(
		'entry.js',
		'const { run } = await import("./run.js");\nconst { help } = await import("./help.js");\nconsole.log(run(), help());\n',
	);
	const { hot } = merge([['cli/run.ts']]);
	expect([...new Set(hot)].sort()).toEqual(['entry.js', 'hot-0.js', 'run.js']);
	expect(readdirSync(join(folder, 'to')).sort()).toEqual(['entry.js', 'help.js', 'hot-0.js', 'run.js']);
	writeFileSync(join(folder, 'to/package.json'), '{ "type": "module" }');
	const said = execFileSync(process.execPath, [join(folder, 'to/entry.js')], { encoding: 'utf8' });
	expect(said).toBe('4 seldom\n');
});

test('what several calls need is in the last layer that all of them load', () => {
	chunk('all.js', '// lib/all.ts\nvar all = 1;\nexport { all };\n');
	chunk('two.js', '// lib/two.ts\nvar two = 2;\nexport { two };\n');
	chunk('other.js', '// lib/other.ts\nvar other = 3;\nexport { other };\n');
	const verb = (name: string, needs: readonly string[]): void =>
		chunk(
			`${name}.js`,
			`${needs.map((one) => `import { ${one} } from "./${one}.js";\n`).join('')}// cli/${name}.ts\nvar ${name} = [${needs}];\nexport { ${name} };\n`,
		);
	verb('a', ['all', 'two']);
	verb('b', ['all', 'two', 'other']);
	verb('c', ['all', 'other']);
	chunk(
		'entry.js',
		['a', 'b', 'c'].map((name) => `console.log(...(await import("./${name}.js")).${name});\n`).join(''),
	);
	const calls = ['a', 'b', 'c'].map((name) => [`cli/${name}.ts`]);
	const { hot, layers } = merge(calls, [
		[0, 1, 2],
		[0, 1],
	]);
	expect(layers).toEqual(['layer-0.js', 'layer-1.js']);
	expect([...new Set(hot)].sort()).toEqual(['a.js', 'b.js', 'c.js', 'entry.js', 'layer-0.js', 'layer-1.js']);
	const text = (name: string): string => readFileSync(join(folder, 'to', name), 'utf8');
	expect(text('layer-0.js')).toMatch(/all = 1[\s\S]*other = 3/);
	expect(text('layer-1.js')).toContain('two = 2');
	writeFileSync(join(folder, 'to/package.json'), '{ "type": "module" }');
	const said = execFileSync(process.execPath, [join(folder, 'to/entry.js')], { encoding: 'utf8' });
	expect(said).toBe('1 2\n1 2 3\n1 3\n');
});

test('a source that no chunk has is named', () => {
	chunk('entry.js', 'console.log(1);\n');
	expect(() => merge([['cli/gone.ts']])).toThrow(/no chunk has cli\/gone\.ts/);
});
