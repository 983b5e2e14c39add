import { readFileSync } from 'node:fs';
import { TsrunError } from '../../../lib/errors/index.js';
import { errnoOf, parseUserName, systemFailure } from '../../../lib/os/index.js';

function caught(act: () => unknown): unknown {
	try {
		act();
	} catch (error) {
		return error;
	}
	throw new Error('nothing was thrown');
}

test('words what node says, and keeps it as the cause', () => {
	const cause = caught(() => readFileSync('/nonexistent/file'));
	const error = systemFailure('cannot read it', cause, { containerId: 'web' });
	expect(error).toMatchObject({
		code: 'ERR_SYSTEM',
		message: 'cannot read it: no such file or directory',
		syscall: 'open',
		errno: 'ENOENT',
		path: '/nonexistent/file',
		containerId: 'web',
		cause,
	});
	expect(errnoOf(error)).toBe('ENOENT');
	expect(errnoOf(cause)).toBe('ENOENT');
});

test('a TsrunError passes, gaining what it lacks', () => {
	const inner = new TsrunError('ERR_CGROUP', 'busy', { path: '/a' });
	expect(systemFailure('cannot', inner, { path: '/b', containerId: 'web' })).toMatchObject({
		code: 'ERR_CGROUP',
		message: 'busy',
		path: '/a',
		containerId: 'web',
	});
});

test('anything else that was thrown keeps its words', () => {
	expect(systemFailure('cannot', new Error('why')).message).toBe('cannot: why');
	expect(systemFailure('cannot', 'why').message).toBe('cannot: why');
	expect(errnoOf(new Error('why'))).toBeUndefined();
});

test('names of users', () => {
	const passwd = 'root:x:0:0::/root:/bin/sh\n:x:7:7\nme:x:1000:1000::/:\nalias:x:1000:1000::/:\n';
	expect([0, 1000, 7, 5].map((uid) => parseUserName(passwd, uid))).toEqual(['root', 'me', undefined, undefined]);
});
