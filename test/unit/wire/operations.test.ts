import { initOperations } from '../../../lib/plan/tables/operations.js';
import { sourceOf } from './definitions.js';

interface Definition {
	readonly id: number;
	readonly fields: Readonly<Record<string, string>>;
}

const source = sourceOf('wire/operations.def');
const definitions = new Map<string, Definition>(
	[...source.matchAll(/^OPERATION\((\d+), (\w+), "([^"]*)"\)/gm)].map(([, id, name = '', fields = '']) => [
		name,
		{
			id: Number(id),
			fields: Object.fromEntries(
				fields
					.split(' ')
					.filter((field) => field !== '')
					.map((field) => field.split(':') as [string, string]),
			),
		},
	]),
);

test('every OPERATION line has been read', () => {
	expect(definitions.size).toBe(source.split('\nOPERATION(').length - 1);
	expect(definitions.size).toBeGreaterThan(50);
});

test('the table of TypeScript has the operations of the helper, no more and no fewer', () => {
	expect(Object.keys(initOperations).toSorted()).toEqual([...definitions.keys()].toSorted());
});

test.each([...definitions])('%s has the same number and the same fields, in their order', (name, { id, fields }) => {
	const { [name]: operation }: Readonly<Record<string, Definition>> = initOperations;
	expect({ id: operation?.id, fields: Object.entries(operation?.fields ?? {}) }).toEqual({
		id,
		fields: Object.entries(fields),
	});
});

test('no number stands for two operations', () => {
	const numbers = Object.values(initOperations).map(({ id }) => id);
	expect(new Set(numbers).size).toBe(numbers.length);
});
