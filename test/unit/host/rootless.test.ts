import { defaultStateRoot, isRootless } from '../../../lib/host/index.js';

const root = { euid: 0, inUserNamespace: false };
const namespaceRoot = { euid: 0, inUserNamespace: true };
const user = { euid: 1000, inUserNamespace: false };

test('rootless: what was said, else who we are', () => {
	for (const identity of [root, namespaceRoot, user]) {
		expect(isRootless(true, identity)).toBe(true);
		expect(isRootless(false, identity)).toBe(false);
	}
	expect([root, namespaceRoot, user].map((identity) => isRootless('auto', identity))).toEqual([false, true, true]);
});

const xdg = { XDG_RUNTIME_DIR: '/run/user/1000/' };

test.each([
	['root', root, {}, '/run/tsrun', false],
	['root does not look at XDG_RUNTIME_DIR', root, xdg, '/run/tsrun', false],
	['root of a user namespace', namespaceRoot, xdg, '/run/user/1000/tsrun', true],
	['... whose name is root', namespaceRoot, { ...xdg, USER: 'root' }, '/run/tsrun', false],
	['... without a runtime directory', namespaceRoot, { USER: 'me' }, '/run/tsrun', false],
	['a user', user, xdg, '/run/user/1000/tsrun', true],
	['a user named root', user, { ...xdg, USER: 'root' }, '/run/user/1000/tsrun', true],
	['a user without a runtime directory', user, {}, '/tmp/tsrun-1000', true],
	['an empty variable', user, { XDG_RUNTIME_DIR: '' }, '/tmp/tsrun-1000', true],
	['a relative path', user, { XDG_RUNTIME_DIR: 'run' }, '/tmp/tsrun-1000', true],
])('the state root of %s', (_, identity, env, path, sticky) => {
	expect(defaultStateRoot(identity, env)).toEqual({ path, sticky });
});
