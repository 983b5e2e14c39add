import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';

const engines = createContext({});
const own = createContext({});
// A module, as the program is one, is strict.
runInContext(`'use strict';${readFileSync('scripts/build/array-methods.js', 'utf8')}`, own);

/** What an expression comes to in both worlds, with what its callbacks were told; an error counts by its name. */
function both(expression: string): [unknown, unknown] {
	const program = `JSON.stringify((() => {
		const told = [];
		const tell = (answer) => function (...args) { told.push([String(this), JSON.stringify(args)]); return answer(...args); };
		let result;
		try {
			result = ${expression};
		} catch (error) {
			result = [error.name];
		}
		return { result, holes: Array.isArray(result) ? Object.keys(result) : [], isArray: Array.isArray(result), told };
	})(), (key, value) => (value === undefined ? 'undefined' : value))`;
	return [runInContext(program, own), runInContext(program, engines)];
}

function expectSame(expression: string): void {
	const [ours, theirs] = both(expression);
	expect(ours).toBe(theirs);
}

const callbacks: Readonly<Record<string, readonly string[]>> = {
	map: ['x => x * 2', '(x, i) => [x, i]'],
	filter: ['x => x > 2', '(x, i, all) => i % 2 === 0 && all.length > 1'],
	some: ['x => x > 5', 'x => x === undefined'],
	every: ['x => x < 5', 'x => x === undefined'],
	findIndex: ['x => x > 3', 'x => x === undefined'],
	find: ['x => x > 3', 'x => x === undefined'],
	flatMap: ['x => [x, [x]]', 'x => x > 2 ? [] : x', 'x => [, x]'],
};
// Numbers, undefined, and holes.
const arrays = fc
	.array(fc.constantFrom('1', '2', '3', '4', '7', 'undefined', ''), { maxLength: 6 })
	.map((items) => `[${items.map((item) => `${item},`).join('')}]`);

describe('the methods of arrays that the program brings are those of the engine', () => {
	test.each(Object.keys(callbacks))('%s', (name) => {
		fc.assert(
			fc.property(
				arrays,
				fc.constantFrom(...(callbacks[name] ?? [])),
				fc.constantFrom('', ', "self"'),
				(array, callback, self) => expectSame(`${array}.${name}(tell(${callback})${self})`),
			),
		);
		for (const odd of [
			`[1].${name}()`,
			`[1].${name}({})`,
			`Array.prototype.${name}.call(null, tell(x => x))`,
			`Array.prototype.${name}.call({ length: 2, 0: 4, 1: 5 }, tell(x => x))`,
			`Array.prototype.${name}.call('text', tell(x => x))`,
			`(class More extends Array {}).from([1, 4]).${name}(tell(x => x)) instanceof Array`,
			`((list) => list.${name}(tell((x) => { list.push(9); list.length > 4 && (list.length = 1); return x > 8; })))([1, 2, 3])`,
			`Object.keys([]).length + Object.getOwnPropertyDescriptor(Array.prototype, '${name}').enumerable`,
		])
			expectSame(odd);
	});

	test('at', () => {
		const places = fc.constantFrom(
			'',
			'0',
			'-0',
			'2',
			'-1',
			'-6',
			'9',
			'-9',
			'1.9',
			'-1.9',
			'"1"',
			'NaN',
			'Infinity',
			'{}',
			'null',
		);
		fc.assert(fc.property(arrays, places, (array, place) => expectSame(`${array}.at(${place})`)));
		for (const odd of [
			'Array.prototype.at.call(null, 0)',
			'Array.prototype.at.call({ length: 2, 1: 5 }, -1)',
			"Array.prototype.at.call('text', -1)",
			'[1].at(1n)',
			"Object.assign([1, 2], { '-1': 3 }).at(-3)",
		])
			expectSame(odd);
	});

	test('reduce', () => {
		fc.assert(
			fc.property(arrays, fc.constantFrom('', ', 10', ', undefined'), (array, initial) =>
				expectSame(`${array}.reduce(tell((sum, x) => sum + x)${initial})`),
			),
		);
		for (const odd of ['[].reduce((a, b) => a)', '[1].reduce()', '[1].reduce(1, 2)']) expectSame(odd);
	});

	test.each([
		'Array.from([1, , 3])',
		'Array.from({ length: 3 }, tell((x, i) => i * 2), "self")',
		'Array.from({ length: 2, 0: "a" })',
		'Array.from({})',
		'Array.from("äb")',
		'Array.from(5)',
		'Array.from(null)',
		'Array.from(undefined)',
		'Array.from([1], 2)',
		'Array.from(new Set([1, 2]), tell(x => x + 1))',
		'Array.from(new Map([[1, 2]]))',
		'Array.from((function* () { yield 1; yield 2; })())',
		'(class More extends Array {}).from([1]).constructor.name',
		'Array.from.call(Object, [1])',
		'Array.from({ [Symbol.iterator]: null, length: 1, 0: 7 })',
		'Object.fromEntries([["a", 1], ["b", 2], ["a", 3]])',
		'Object.fromEntries(new Map([["a", 1]]))',
		'Object.fromEntries([["__proto__", 1]])',
		'Object.fromEntries([1])',
		'Object.fromEntries(null)',
		'Object.fromEntries([[1]])',
		'Object.keys(Object.fromEntries([[1, 2]]))',
	])('%s', (expression) => expectSame(expression));
});
