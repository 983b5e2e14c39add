import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const script = resolve('scripts/build/plain-using.mjs');
const dispose = readFileSync(resolve('scripts/build/dispose.js'), 'utf8');

/** In a process of its own: the modules that Jest loads may not be those that the build loads. */
function makePlain(text: string): string {
	const program =
		`import { makePlain } from ${JSON.stringify(script)};\n` +
		`process.stdout.write(makePlain(${JSON.stringify(text)}));\n`;
	const stdio = 'pipe';
	return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', stdio });
}

// Node 20 has no SuppressedError.
class SuppressedError extends Error {
	readonly error: unknown;
	readonly suppressed: unknown;

	constructor(error: unknown, suppressed: unknown) {
		super();
		this.error = error;
		this.suppressed = suppressed;
	}
}

type Log = (word: string) => void;
type Story = (log: Log, resource: (name: string, fails?: boolean) => object) => unknown;

/** What a function does that is written with `using`: each word in its order, and how it ends. */
async function told(body: string): Promise<string[]> {
	const words: string[] = [];
	const resource = (name: string, fails = false) => {
		const end = () => {
			words.push(`end ${name}`);
			if (fails) throw new Error(`of ${name}`);
		};
		return { [Symbol.dispose]: end, [Symbol.asyncDispose]: async () => end() };
	};
	const story = new Function(
		'SuppressedError',
		`${dispose}\nreturn ${makePlain(`async function story(log, resource) {${body}}`)};`,
	)(SuppressedError) as Story;
	try {
		words.push(`gives ${String(await story((word) => words.push(word), resource))}`);
	} catch (error) {
		const { error: second, suppressed } = error as SuppressedError;
		const first = suppressed as Error | undefined;
		words.push(first === undefined ? String(error) : `${String(second)}, and before it ${String(first)}`);
	}
	return words;
}

test.each([
	[
		'the last one ends first, after what is returned was evaluated',
		"using a = resource('a'); log('work'); await using b = resource('b'); return log('result');",
		['work', 'result', 'end b', 'end a', 'gives 2'],
	],
	[
		'a scope that ends in the middle of a function',
		"{ using a = resource('a'); log('in'); } log('out'); return 1;",
		['in', 'end a', 'out', 'gives 1'],
	],
	[
		'a loop that is left and one that goes on',
		"for (const n of [1, 2, 3]) { using a = resource(n); if (n === 1) continue; if (n === 2) break; } return 'done';",
		['end 1', 'end 2', 'gives done'],
	],
	[
		'what has no end that can be waited for',
		"await using a = { [Symbol.dispose]: () => log('end') }; return 1;",
		['end', 'gives 1'],
	],
	['nothing to end', 'using a = null; await using b = undefined; return 1;', ['gives 1']],
	[
		'an error, which is the one that counts',
		"using a = resource('a'); throw new Error('first');",
		['end a', 'Error: first'],
	],
	[
		'an error at the end of one',
		"using a = resource('a'); using b = resource('b', true); return 1;",
		['end b', 'end a', 'Error: of b'],
	],
	[
		'an error at the end after another one',
		"await using a = resource('a', true); throw new Error('first');",
		['end a', 'Error: of a, and before it Error: first'],
	],
	[
		'undefined as an error',
		"try { using a = resource('a', true); throw undefined; } catch (error) { return 'suppressed' in error; }",
		['end a', 'gives true'],
	],
])('%s', async (_, body, expected) => {
	expect(await told(body)).toEqual(expected);
});

test('nothing of the kind is left, and what has none stays as it is', () => {
	expect(makePlain('function a() { using b = c(); return () => { using d = e(); }; }')).not.toContain('using');
	const without = 'function a() { const using = 1; return using; }\n';
	expect(makePlain(without)).toBe(without);
});

test('what only has a name like one that is declared after is no reason to refuse', () => {
	const text =
		'function a(f) { const d = [{ e: f.e }, (e, { g = e }) => g]; using b = c(); const e = 1, g = 2; return [d, e, g]; }';
	expect(makePlain(text)).not.toContain('using');
});

test.each([
	['a function that is called before', 'function a() { later(); using b = c(); function later() {} }'],
	[
		'a function before that uses what is declared after',
		'function a() { const d = () => e; using b = c(); const e = 1; }',
	],
	['a default that is declared after', 'function a() { const d = (f = e) => f; using b = c(); const e = 1; }'],
	['several in one declaration', 'function a() { using b = c(), d = e(); }'],
])('%s is refused', (_, text) => {
	expect(() => makePlain(text)).toThrow('not understood: using b');
});
