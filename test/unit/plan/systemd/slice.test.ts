import { sliceName, slicePath } from '../../../../lib/plan/systemd/slice.js';

test.each([
	['system.slice', '/system.slice'],
	['a-b-c.slice', '/a.slice/a-b.slice/a-b-c.slice'],
	['-.slice', ''],
])('%s is at %j', (slice, path) => {
	expect(slicePath(slice)).toBe(path);
});

test.each(['system', '.slice', 'a--b.slice', '-a.slice', 'a-.slice', 'a/b.slice', '', 'a.scope'])(
	'%j is no slice',
	(slice) => {
		expect(slicePath(slice)).toBeUndefined();
	},
);

test('a dash alone is the root slice', () => {
	expect(sliceName('-')).toBe('-.slice');
	expect(sliceName('a.slice')).toBe('a.slice');
});
