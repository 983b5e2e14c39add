import { constants } from 'node:os';
import { faultError } from '../../../lib/launch/fault.js';
import { hookKinds } from '../../../lib/plan/stages/hooks.js';
import { init } from '../../../lib/plan/step.js';
import { faultOf, planOf } from './plan-of.js';

const { ENOENT, EACCES, EPERM, EISDIR, EINVAL, ENOTDIR, ETIMEDOUT, ENOEXEC } = constants.errno;

const find = init('find_program', { name: 'foo', path: '/bin' }, '/process/args/0');
const exec = init('exec', { args: ['/foo'], env: [] }, '/process/args');

// By these phrases Docker, Podman and containerd tell 127 (not found) from 126 (not executable).
test.each([
	['foo', ENOENT, 'exec: "foo": executable file not found in $PATH'],
	['/nosuch', ENOENT, 'exec: "/nosuch": stat /nosuch: no such file or directory'],
	['./nosuch', ENOENT, 'exec: "./nosuch": stat ./nosuch: no such file or directory'],
	['/etc/passwd', EACCES, 'exec: "/etc/passwd": permission denied'],
	['/etc', EISDIR, 'exec: "/etc": is a directory: permission denied'],
	['a"b', ENOENT, 'exec: "a\\"b": executable file not found in $PATH'],
])('a program %s that cannot be found or run', (name, errno, message) => {
	const error = faultError(planOf(find), faultOf('find_program', errno, name));
	expect(error).toMatchObject({ code: 'ERR_EXECUTABLE', message, pointer: '/process/args/0', syscall: 'execve' });
});

test.each([
	[EACCES, 'exec /foo: permission denied'],
	[ENOEXEC, 'exec /foo: exec format error'],
	[ENOENT, 'exec /foo: no such file or directory'],
])('execve(2) itself refuses (%d)', (errno, message) => {
	const error = faultError(planOf(exec), faultOf('execve', errno, '/foo'));
	expect(error).toMatchObject({ code: 'ERR_EXECUTABLE', message, pointer: '/process/args' });
});

test('a refused system call: the step in words, the call, the path, the errno', () => {
	const step = init('mask', { path: '/proc/kcore' }, '/linux/maskedPaths/0');
	const error = faultError(planOf(step), faultOf('move_mount', EPERM, '/proc/kcore'));
	expect(error).toMatchObject({
		code: 'ERR_STEP_FAILED',
		message: 'cannot mask /proc/kcore: move_mount /proc/kcore: operation not permitted',
		pointer: '/linux/maskedPaths/0',
		step: 'mask /proc/kcore',
		syscall: 'move_mount',
		errno: 'EPERM',
		path: '/proc/kcore',
	});
});

test('a bind onto what is of another type has the words that Docker explains to its users', () => {
	const args = {
		destination: '/etc/x',
		source: '/srv',
		fallback: '',
		tree: null,
		set: 0n,
		clear: 0n,
		rec_set: 0n,
		rec_clear: 0n,
	};
	const step = init('bind', { ...args, propagation: [], flags: 0 }, '/mounts/0');
	const { message } = faultError(planOf(step), faultOf('move_mount', ENOTDIR, '/srv -> /etc/x'));
	expect(message).toBe('cannot bind /srv to /etc/x: move_mount /srv -> /etc/x: not a directory');
});

test('a working directory that cannot be entered says cwd', () => {
	const step = init('chdir', { path: '/srv', attempt: 2 }, '/process/cwd');
	const { message } = faultError(planOf(step), faultOf('chdir', EACCES, '/srv'));
	expect(message).toBe('cannot chdir to cwd /srv: chdir /srv: permission denied');
});

test.each(['verify', 'program'])('%s: the helper has said it in words', (call) => {
	const step = init('device', { path: '/dev/x', type: 99, major: 1, minor: 3, mode: 0o666, uid: 0, gid: 0 });
	const { message, code } = faultError(planOf(step), faultOf(call, EINVAL, '/dev/x is not the null device'));
	expect(code).toBe('ERR_STEP_FAILED');
	expect(message).toBe('cannot make the device /dev/x (c 1:3): /dev/x is not the null device');
});

describe('a hook that init ran', () => {
	const hook = (kind: 'createContainer' | 'startContainer') =>
		init(
			'hook',
			{
				kind: hookKinds.indexOf(kind),
				index: 1,
				path: '/h/a',
				args: ['a'],
				env: [],
				timeout: 1500,
				state_head: '',
				state_tail: '',
				pid: 0,
				home: 0,
			},
			`/hooks/${kind}/1`,
		);

	test.each([
		['createContainer', 3 << 8, '', 'error running createContainer hook #1: exit status 3'],
		['startContainer', 9, '', 'error running startContainer hook #1: killed by SIGKILL'],
		['startContainer', 31, '', 'error running startContainer hook #1: killed by SIGSYS (bad system call)'],
		['createContainer', -ETIMEDOUT, '', 'error running createContainer hook #1: killed after its timeout of 1.5 s'],
		['createContainer', 1 << 8, ' oh\nno\n', 'error running createContainer hook #1: exit status 1, output: oh\nno'],
	] as const)('%s, status %d', (kind, status, output, message) => {
		const error = faultError(planOf(hook(kind)), faultOf('hook', status, output));
		expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', message, pointer: `/hooks/${kind}/1`, path: '/h/a' });
	});
});

test('what no version of the helper would say', () => {
	expect(faultError(planOf(), faultOf('none', 0))).toMatchObject({ code: 'ERR_NATIVE' });
	const strange = { ...faultOf('none', 9999, 'x'), call: 9999 };
	expect(faultError(planOf(exec), strange)).toMatchObject({
		message: 'cannot exec /foo: none x: E9999',
		errno: 'E9999',
	});
});
