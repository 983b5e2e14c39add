import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-inline-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** In a process of its own, as the modules that Jest loads may not be those that the build loads. */
function inlined(text: string): string {
	const program =
		`import { inlineFunctions } from ${JSON.stringify(resolve('scripts/build/inline-functions.mjs'))};\n` +
		`process.stdout.write(inlineFunctions(...${JSON.stringify([text, join(folder, 'text')])}));\n`;
	return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', stdio: 'pipe' });
}

/** What a module prints. Only Bun has `import.meta.require`. */
function said(text: string): string {
	const file = join(folder, 'module.mjs');
	writeFileSync(
		file,
		text.replace('import.meta.require', '(await import("node:module")).createRequire(import.meta.url)'),
	);
	return execFileSync(process.execPath, [file], { encoding: 'utf8' });
}

/** What a process that failed has said; the message of its error has the whole program in it. */
function refusalOf(call: () => unknown): string {
	try {
		call();
	} catch (error) {
		return String((error as { stderr: unknown }).stderr);
	}
	return 'nothing was refused';
}

test('a function that is called once becomes part of its caller', () => {
	const text = '(() => { function once(n) { return n * 2; } console.log(once(process.argv.length)); })();\n';
	expect(said(inlined(text))).toBe('4\n');
	expect(inlined(text)).not.toContain('function');
});

test('flags that are BigInts are those they were', () => {
	const text =
		'(() => {\n' +
		'  const flags = { readonly: 1n, wide: 0xffffffffffffffffn };\n' +
		'  const isWritable = (set) => (set & flags.readonly) === 0n;\n' +
		'  const both = (set) => (set | flags.wide) === flags.wide && (set & ~flags.readonly) !== 0n;\n' +
		'  console.log(isWritable(BigInt(process.argv.length)), isWritable(3n), both(2n), both(1n), -1n, typeof (flags.wide & 3n));\n' +
		'})();\n';
	expect(said(text)).toBe('true false true false -1n bigint\n');
	expect(said(inlined(text))).toBe(said(text));
});

test('classes and their private members do what they did', () => {
	const text = `(() => {
	class Base {
		#name = 'base';
		static #count = 0;
		get name() { return this.#name; }
		async #later() { return [this.#name, ++Base.#count]; }
		later() { return this.#later(); }
	}
	class Derived extends Base {
		#name = 'derived';
		both() { return [this.#name, this.name]; }
		inner() { return new (class { #name = 'inner'; of(other) { return [this.#name, other.both()]; } })().of(this); }
	}
	const one = new Derived();
	console.log(one.both(), one.inner(), one instanceof Base);
	one.later().then(console.log);
})();
`;
	expect(said(text)).toContain("[ 'derived', 'base' ]");
	expect(said(inlined(text))).toBe(said(text));
});

test('what is said to the module is left as it is', () => {
	writeFileSync(join(folder, 'rest.js'), 'module.exports = { rest: "rest" };\n');
	const text =
		'(($require) => {\n' +
		'  const later = async () => [(await import("./rest.js")).default.rest, (await import("fs")).existsSync("/")];\n' +
		'  later().then((words) => console.log($require("node:path").join("a", "b"), typeof import.meta.url, ...words));\n' +
		'})(import.meta.require);\n';
	expect(said(inlined(text))).toBe('a/b string rest true\n');
});

test.each([
	['a module that is imported by another name', 'const name = "x"; import(name);', 'not understood: import(name)'],
	[
		'a question whether something has a private member',
		'class A { #a; has(o) { return #a in o; } }',
		'not understood: #a in o',
	],
	['a module that is not one of Node', 'import("./other.js");', 'not understood: import("./other.js")'],
	['what else a module knows of itself', 'console.log(import.meta.dirname);', 'not understood: import.meta.dirname'],
	['a name that a private member would get', 'class A { a$0; #a; }', 'the name a$0 is in use'],
])('%s is refused', (_, text, words) => {
	expect(refusalOf(() => inlined(text))).toContain(words);
});
