import type { HostFacts } from '../../../lib/host/index.js';
import { assertPrivileged } from '../../../lib/lifecycle/criu-process.js';

const as = (euid: number, inUserNamespace: boolean) => () =>
	assertPrivileged('checkpoint', { euid, inUserNamespace } as HostFacts);

test('root of the machine may', () => {
	expect(as(0, false)).not.toThrow();
});

test.each([
	[1000, false, 'checkpoint takes root, and this is user 1000'],
	[0, true, 'checkpoint takes root, and this is root of a user namespace'],
])('user %i, in a user namespace: %s', (euid, inside, message) => {
	const hint = expect.stringContaining('CRIU');
	expect(as(euid, inside)).toThrow(expect.objectContaining({ code: 'ERR_HOST_UNSUPPORTED', message, hint }));
});
