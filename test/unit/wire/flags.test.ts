import { hookKinds } from '../../../lib/plan/stages/hooks.js';
import {
	bindFlags,
	changeRootMethods,
	chdirAttempts,
	identityFlags,
	mountFlags,
} from '../../../lib/plan/tables/operation-flags.js';
import { hookNames } from '../../../lib/spec/schema/hooks.js';
import { enumOf } from './definitions.js';

const upperCase = (name: string) => name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();

test.each([
	['init/mount.c', 'MOUNT_', mountFlags],
	['init/bind.c', 'BIND_', bindFlags],
	['init/identity.c', 'IDENTITY_', identityFlags],
	['init/program.c', '', chdirAttempts],
	['init/change_root.c', '', changeRootMethods],
] as const)('%s means the same by its numbers', (file, prefix, table) => {
	for (const [name, value] of Object.entries(table)) {
		const member = `${prefix}${upperCase(name)}`;
		expect([member, enumOf(file, member).get(member)]).toEqual([member, value]);
	}
});

test('kinds of hooks have the numbers of their order in the specification', () => {
	expect(hookKinds).toEqual(hookNames);
});
