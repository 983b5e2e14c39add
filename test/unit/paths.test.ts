import { posix } from 'node:path';
import fc from 'fast-check';
import { absolutePath, basename, dirname, isAbsolute, resolve } from '../../lib/paths.js';

const path = fc
	.tuple(
		fc.constantFrom('', '/', '//'),
		fc.array(fc.constantFrom('a', '.', '..', '', 'b c', '…', '.hidden', 'x.y'), { maxLength: 6 }),
		fc.constantFrom('', '/', '///'),
	)
	.map(([start, parts, end]) => `${start}${parts.join('/')}${end}`);

test('paths come out as those of node:path', () => {
	fc.assert(
		fc.property(path, path, (one, other) => {
			expect(isAbsolute(one)).toBe(posix.isAbsolute(one));
			expect(resolve(one)).toBe(posix.resolve(one));
			expect(absolutePath('/base', one)).toBe(posix.resolve('/base', one));
			expect(absolutePath(posix.resolve(other), one)).toBe(posix.resolve(other, one));
			expect(basename(one)).toBe(posix.basename(one));
			// node:path leaves double slashes as they are: the place is the same.
			expect(posix.normalize(dirname(one))).toBe(posix.join(posix.dirname(one)).replace(/(?<=.)\/$/, ''));
		}),
		{ numRuns: 2000 },
	);
});
