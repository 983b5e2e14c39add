import { fractionText, isFraction } from '../../../lib/spec/json/fraction.js';
import { JsonReader, JsonSyntaxError, MAX_DEPTH } from '../../../lib/spec/json/reader.js';

function read(text: string) {
	return new JsonReader(text).read();
}

function syntaxError(text: string): JsonSyntaxError {
	try {
		read(text);
	} catch (error) {
		if (error instanceof JsonSyntaxError) return error;
		throw error;
	}
	throw new Error(`${text} was read`);
}

test.each([
	['9007199254740991', 9007199254740991],
	['9007199254740992', 9007199254740992n],
	['-9007199254740993', -9007199254740993n],
	['18446744073709551615', 18446744073709551615n],
	['0', 0],
	['-1', -1],
])('the integer %s stays exact', (text, value) => {
	expect(read(text)).toBe(value);
});

test.each(['1.0', '1e3', '-0.5E-2', '1E+2'])('the number %s is kept as it is written', (text) => {
	const value = read(` ${text} `);
	expect(isFraction(value) && fractionText(value)).toBe(text);
});

test.each(['"a\\"b"', '"\\\\"', '"\\\\\\""', '"\\u0041\\n"', '"é😀"', '""', '"\\ud800"'])('the string %s', (text) => {
	expect(read(text)).toBe(JSON.parse(text));
});

test('repeated names are reported with both places, the last value wins', () => {
	const reader = new JsonReader('{"a":1,"b":[{"c":1,"c":2,"c":3}],"a":4}');
	const value = reader.read();
	expect({ ...(value as object) }).toMatchObject({ a: 4 });
	expect(reader.duplicates).toEqual([
		{ path: ['b', 0, 'c'], first: 13, second: 19 },
		{ path: ['b', 0, 'c'], first: 19, second: 25 },
		{ path: ['a'], first: 1, second: 33 },
	]);
});

test('a member called __proto__ is a plain member', () => {
	const value = read('{"__proto__":{"polluted":1}}') as object;
	expect(Object.keys(value)).toEqual(['__proto__']);
	expect('polluted' in value).toBe(false);
	expect('polluted' in {}).toBe(false);
});

test.each([
	['', 0],
	['  ', 2],
	['{', 1],
	['[1', 2],
	['{"a" 1}', 5],
	['{"a":1,}', 7],
	['[1,]', 3],
	['[1 2]', 3],
	['{a:1}', 1],
	['nul', 0],
	['01', 0],
	['-', 0],
	['1.', 0],
	['+1', 0],
	['0x10', 0],
	['.5', 0],
	['NaN', 0],
	['"a', 0],
	['"a\\"', 0],
	['"a\nb"', 0],
	['"\\x"', 0],
	['{} {}', 3],
	['\uFEFF{}', 0],
	["['a']", 1],
])('%j is refused at offset %i', (text, offset) => {
	expect(syntaxError(text).offset).toBe(offset);
	expect(() => JSON.parse(text)).toThrow(SyntaxError);
});

test('the depth has a limit', () => {
	const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
	expect(read(nested(MAX_DEPTH))).toEqual(JSON.parse(nested(MAX_DEPTH)));
	expect(syntaxError(nested(MAX_DEPTH + 1)).offset).toBe(MAX_DEPTH);
	expect(syntaxError('{"a":'.repeat(100_000)).message).toContain('levels deep');
});
