import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const script = resolve('scripts/build/eager-generators.mjs');

/** In a process of its own: the modules that Jest loads may not be those that the build loads. */
function makeEager(text: string): string {
	const program =
		`import { makeEager } from ${JSON.stringify(script)};\n` +
		`process.stdout.write(makeEager(${JSON.stringify(text)}, (path) => path.startsWith('lib/pure')));\n`;
	return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
}

const evaluate = (text: string, expression: string): unknown => new Function(`${text}\nreturn ${expression};`)();

test('a generator becomes a function that gives the same values', () => {
	const text = `
// lib/pure/steps.ts
function* inner(n) {
  if (n === 0) return;
  yield { n };
  yield* inner(n - 1);
}
var outer = function* ({ first }, second = [first]) {
  for (const value of second) yield [value, (() => { return value; })()];
  yield* [...inner(2)].map(({ n }) => n);
};
`;
	const eager = makeEager(text);
	expect(eager).not.toContain('yield');
	const expression = '[...outer({ first: 1 })]';
	expect(evaluate(eager, expression)).toEqual(evaluate(text, expression));
	expect(evaluate(eager, 'Array.isArray(outer({ first: 1 }))')).toBe(true);
});

test.each([
	['of another source', '// lib/lazy.ts\nfunction* endless() {\n  for (;;) yield 1;\n}\n'],
	['that returns a value', '// lib/pure/a.ts\nfunction* a() {\n  yield 1;\n  return 2;\n}\n'],
	['that is answered', '// lib/pure/a.ts\nfunction* a() {\n  const answer = yield 1;\n  yield answer;\n}\n'],
	['that waits', '// lib/pure/a.ts\nasync function* a() {\n  yield 1;\n}\n'],
])('one %s is left alone', (_, text) => {
	expect(makeEager(text)).toBe(text);
});
