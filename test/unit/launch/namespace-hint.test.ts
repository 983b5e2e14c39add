import { namespaceHint } from '../../../lib/launch/namespace-hint.js';

const machine = (sysctls: Record<string, string>) => (name: string) => sysctls[name];

test.each([
	['spawn', 'ENOSPC', { 'user.max_user_namespaces': '0' }, /user\.max_user_namespaces is 0/],
	[
		'fork',
		'ENOSPC',
		{ 'user.max_net_namespaces': '0', 'user.max_mnt_namespaces': '0' },
		/mnt_namespaces, .*net_namespaces are 0/,
	],
	['spawn', 'EPERM', { 'kernel.unprivileged_userns_clone': '0' }, /kernel\.unprivileged_userns_clone to 1/],
	['spawn', 'EPERM', { 'kernel.apparmor_restrict_unprivileged_userns': '1' }, /rule "userns,"/],
	['propagation', 'EACCES', { 'kernel.apparmor_restrict_unprivileged_userns': '1' }, /rule "userns,"/],
])('%s, %s: the setting is named', (operation, errno, sysctls, hint) => {
	const text = namespaceHint(operation, errno, machine(sysctls as Record<string, string>));
	expect(text).toMatch(hint);
	// Engines take these words for the failure itself.
	expect(text).not.toMatch(/permission denied|operation not permitted/i);
});

test.each([
	['spawn', 'ENOSPC', { 'user.max_user_namespaces': '100' }],
	['mount', 'ENOSPC', { 'user.max_user_namespaces': '0' }],
	['spawn', 'EPERM', { 'kernel.unprivileged_userns_clone': '1', 'kernel.apparmor_restrict_unprivileged_userns': '0' }],
	['mount', 'EPERM', { 'kernel.unprivileged_userns_clone': '0' }],
	['chdir', 'EACCES', { 'kernel.apparmor_restrict_unprivileged_userns': '1' }],
	['spawn', 'EINVAL', { 'kernel.apparmor_restrict_unprivileged_userns': '1' }],
])('%s, %s: nothing that a setting explains', (operation, errno, sysctls) => {
	expect(namespaceHint(operation, errno, machine(sysctls as Record<string, string>))).toBeUndefined();
});
