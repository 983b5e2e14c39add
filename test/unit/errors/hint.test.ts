import { constants } from 'node:os';
import { hintRules } from '../../../lib/errors/hint-rules.js';
import { errnoText, type Failure, hintFor } from '../../../lib/errors/index.js';

test.each<[Failure, RegExp]>([
	[{ operation: 'mount', kind: 'proc', syscall: 'fsmount', errno: 'EPERM' }, /pid namespace/],
	[{ operation: 'mount', kind: 'sysfs', errno: 'EPERM' }, /network namespace/],
	[{ operation: 'mount', kind: 'ext4', errno: 'EPERM', context: { userNamespace: true } }, /only a few types/],
	[{ operation: 'mount', kind: 'zfs', errno: 'ENODEV' }, /\/proc\/filesystems/],
	[{ operation: 'bind', syscall: 'open_tree', errno: 'ENOENT' }, /source of a bind/],
	[{ operation: 'bind', errno: 'ENOTDIR' }, /a file only to a file/],
	[{ operation: 'mount', kind: 'tmpfs', errno: 'EROFS' }, /create it in the image/],
	[{ operation: 'change_root', syscall: 'pivot_root', errno: 'EINVAL' }, /--no-pivot/],
	[{ operation: 'propagation', syscall: 'mount', errno: 'EINVAL' }, /below a chroot/],
	[{ operation: 'write_id_maps', syscall: 'write', errno: 'EINVAL' }, /overlap/],
	[{ operation: 'write_id_maps', syscall: 'write', errno: 'EPERM' }, /\/etc\/subuid/],
	[{ operation: 'identity', syscall: 'setresuid', errno: 'EINVAL' }, /uidMappings/],
	[{ operation: 'spawn', syscall: 'clone3', errno: 'EPERM' }, /unprivileged_userns_clone/],
	[{ operation: 'spawn', errno: 'EPERM', context: { rootless: true, userNamespace: false } }, /tsrun spec --rootless/],
	[{ operation: 'open_tree', kind: 'idmap', syscall: 'mount_setattr', errno: 'EPERM' }, /CAP_SYS_ADMIN/],
	[{ operation: 'open_tree', kind: 'idmap', syscall: 'mount_setattr', errno: 'EINVAL' }, /cannot map ids/],
	[{ operation: 'map_tree', kind: 'idmap', syscall: 'mount_setattr', errno: 'EPERM' }, /not mapped again/],
	[{ operation: 'show_tree', syscall: 'open_tree', errno: 'ENOENT' }, /source of a bind/],
	[{ operation: 'become_root', syscall: 'setresuid', errno: 'EINVAL' }, /container id 0/],
	[{ operation: 'rootfs', syscall: 'open', errno: 'EACCES', context: { userNamespace: true } }, /x bits/],
	[{ operation: 'device_bind', syscall: 'open_tree', errno: 'ENOENT' }, /that of the host is bound/],
	[{ operation: 'exec', syscall: 'execve', errno: 'EACCES' }, /noexec/],
	[{ operation: 'exec', syscall: 'execve', errno: 'ENOENT' }, /interpreter/],
	[{ operation: 'exec', syscall: 'execve', errno: 'ENOEXEC' }, /architecture/],
	[{ operation: 'create_cgroup', errno: 'EACCES', context: { rootless: true } }, /Delegate/],
	[{ operation: 'set_rlimits', syscall: 'prlimit', errno: 'EPERM' }, /CAP_SYS_RESOURCE/],
	[{ operation: 'sysctl', syscall: 'openat2', errno: 'ENOENT' }, /no such sysctl/],
	[{ operation: 'seccomp', syscall: 'seccomp', errno: 'EACCES' }, /noNewPrivileges/],
	[{ operation: 'mount', kind: 'proc', syscall: 'openat2', errno: 'ELOOP' }, /ordinary directory/],
	[{ operation: 'scheduler', kind: 'SCHED_DEADLINE', syscall: 'sched_setattr', errno: 'EPERM' }, /AllowedCPUs/],
	[{ operation: 'keyring', syscall: 'keyctl', errno: 'EDQUOT' }, /--no-new-keyring/],
	[{ operation: 'record', errno: 'ENOSPC' }, /df/],
	[{ syscall: 'openat2', errno: 'ENOSYS' }, /too old/],
])('%j', (failure, hint) => {
	expect(hintFor(failure)).toMatch(hint);
});

test.each<Failure>([
	{ operation: 'mount', kind: 'ext4', errno: 'EPERM' },
	{ operation: 'create_cgroup', errno: 'EACCES', context: { rootless: false } },
	{ operation: 'hostname', errno: 'EPERM' },
	{ errno: 'ENOENT' },
])('nothing to say about %j', (failure) => {
	expect(hintFor(failure)).toBeUndefined();
});

test('every rule can speak: none is hidden by one before it', () => {
	for (const { hint, errno, operation, syscall, kind, context } of hintRules) {
		const spoken = errno.flatMap((one) =>
			(operation ?? [undefined]).flatMap((what) =>
				(syscall ?? [undefined]).map((call) =>
					hintFor({ errno: one, operation: what, syscall: call, kind: kind?.[0], context }),
				),
			),
		);
		expect(spoken).toContain(hint);
	}
});

test('the errnos exist, and hints have none of the phrases engines decide by', () => {
	const phrases = ['EACCES', 'EPERM', 'ENOENT', 'EISDIR', 'ENOTDIR', 'ESRCH'].map(errnoText);
	phrases.push('executable file not found', 'does not exist', 'open executable', 'container not running', '/attr');
	for (const { hint, errno } of hintRules) {
		for (const one of errno) expect(constants.errno).toHaveProperty(one);
		for (const phrase of phrases) expect(hint.toLowerCase()).not.toContain(phrase.toLowerCase());
		expect(hint).toMatch(/^[A-Z].*\.$/);
	}
});
