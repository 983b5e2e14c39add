import { PassThrough } from 'node:stream';
import { prepareStdio } from '../../../lib/runtime/stdio.js';

/** What a caller without types may hand over. */
const anything = (value: unknown) => value as never;

test.each([
	['bogus'],
	[-1],
	[1.5],
	[Number.NaN],
	[2 ** 31],
	[{ fd: null }],
	[new PassThrough()],
	[['ignore', 'ignore']],
	[['pipe', 'pipe', null]],
])('no standard streams: %p', (stdio) => {
	expect(() => prepareStdio(anything(stdio))).toThrow(
		expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringContaining('stdio takes "inherit"') }),
	);
});

test('descriptors, objects that have one, and words', () => {
	using stdio = prepareStdio(['ignore', 7, { fd: 8 }]);
	expect(stdio.descriptors).toEqual([-1, 7, 8]);
	using same = prepareStdio('inherit');
	expect(same.descriptors).toEqual([0, 1, 2]);
});
