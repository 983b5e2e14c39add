import { pointerParts, toPointer } from '../../../lib/spec/pointer.js';

test.each([
	['', []],
	['/', ['']],
	['/a/0/b', ['a', '0', 'b']],
	['/a~1b/m~0n/~01', ['a/b', 'm~n', '~1']],
])('%j', (pointer, parts) => {
	expect(pointerParts(pointer)).toEqual(parts);
	expect(toPointer(parts)).toBe(pointer);
});

test('indices are numbers on the way in', () => {
	expect(toPointer(['mounts', 2, 'type'])).toBe('/mounts/2/type');
});
