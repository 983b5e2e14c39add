import { callNames } from '../../../lib/launch/calls.js';
import { sourceOf } from './definitions.js';

test('the names of calls are those of the helper, by their numbers', () => {
	const source = sourceOf('wire/calls.def');
	const calls = [...source.matchAll(/^CALL\((\d+), (\w+)\)/gm)].map(([, number, name]) => [Number(number), name]);
	expect(calls).toHaveLength(source.split('CALL(').length - 1);
	expect([...callNames.entries()]).toEqual(calls);
});
