import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hintRules } from '../../../lib/errors/hint-rules.js';

const tests = resolve(import.meta.dirname, '../..');

/** Where failures of real containers are waited for; those of a machine with AppArmor in a guest. */
const files = [
	...readdirSync(join(tests, 'kernel'))
		.filter((name) => /^(hints-|user-namespace-idmap).*\.test\.ts$/.test(name))
		.map((name) => `kernel/${name}`),
	'vm/apparmor.ts',
];

/** Titles of tests are shorter than the phrases that they wait for. */
const phrases = files
	.flatMap((name) => [...readFileSync(join(tests, name), 'utf8').matchAll(/'((?:[^'\\\n]|\\.){25,})'/g)])
	.map(([, phrase = '']) => phrase);

const provoked = hintRules.filter(({ hint }) => phrases.some((phrase) => hint.includes(phrase)));

test('every rule is provoked by a test of real containers', () => {
	expect(hintRules.filter((rule) => !provoked.includes(rule)).map(({ hint }) => hint)).toEqual([]);
});

test('there are forty of them at least', () => {
	expect(provoked.length).toBeGreaterThanOrEqual(40);
});
