import { parseVariantText } from '../../../lib/dbus/variant-text.js';

test.each([
	['true', 'b', true],
	[' false ', 'b', false],
	['-5', 'i', -5],
	['0x10', 'i', 16],
	['1.5', 'd', 1.5],
	['1e3', 'd', 1000],
	['uint64 18446744073709551615', 't', 2n ** 64n - 1n],
	['int64 -1', 'x', -1n],
	['byte 0xff', 'y', 255],
	['double 3', 'd', 3],
	["'it\\'s'", 's', "it's"],
	['"a\\n\\u00e9\\U0001f600"', 's', 'a\né😀'],
	["objectpath '/a'", 'o', '/a'],
	["['a', 'b']", 'as', ['a', 'b']],
	['[1, 2]', 'ai', [1, 2]],
	['[uint64 1, 2]', 'at', [1n, 2n]],
	['@as []', 'as', []],
	['@at [1, 2]', 'at', [1n, 2n]],
	["('a', true)", '(sb)', ['a', true]],
	["[('/dev/null', 'rw')]", 'a(ss)', [['/dev/null', 'rw']]],
	['(1,)', '(i)', [1]],
	['<uint32 1>', 'v', { signature: 'u', value: 1 }],
	['[[true], [false]]', 'aab', [[true], [false]]],
])('%s', (text, signature, value) => {
	expect(parseVariantText(text)).toEqual({ signature, value });
});

test.each([
	'',
	'word',
	"'open",
	'[1, true]',
	'[]',
	'[1',
	'(1',
	'1 2',
	'uint32 -1',
	'byte 256',
	'3000000000',
	'uint64 1.5',
	"uint64 'x'",
	'@s 1',
	'<1',
	'truely',
	"'\\U00110000'",
	'[1 2]',
])('%j is no value', (text) => {
	expect(() => parseVariantText(text)).toThrow(expect.objectContaining({ code: 'ERR_DBUS' }));
});
