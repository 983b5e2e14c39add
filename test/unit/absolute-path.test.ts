import { absolutePath } from '../../lib/paths.js';

test.each([
	['/bundle', 'rootfs', '/bundle/rootfs'],
	['/bundle', '/srv/root', '/srv/root'],
	['/bundle', './rootfs/', '/bundle/rootfs'],
	['/bundle', '../shared', '/shared'],
	['/a/b', '../../../..', '/'],
	['/bundle', '', '/bundle'],
	['/bundle', '.', '/bundle'],
	['/', 'x', '/x'],
	['/bundle', '//x///y//', '/x/y'],
	['/bundle', 'a/../b', '/bundle/b'],
	['/bundle', '...', '/bundle/...'],
	['/bundle', '..a', '/bundle/..a'],
])('from %s, %j is %s', (base, path, expected) => {
	expect(absolutePath(base, path)).toBe(expected);
});
