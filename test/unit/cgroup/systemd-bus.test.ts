import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buses, managerKind } from '../../../lib/cgroup/systemd/bus.js';

test('the machine has a bus, and a private socket where there is none', () => {
	expect(buses('system', {})).toEqual([
		{ path: '/run/dbus/system_bus_socket', direct: false },
		{ path: '/run/systemd/private', direct: true },
	]);
});

test('a user has that of the session', () => {
	expect(buses('user', { XDG_RUNTIME_DIR: '/run/user/1/', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/other' })).toEqual([
		{ path: '/other', direct: false },
		{ path: '/run/user/1/bus', direct: false },
		{ path: '/run/user/1/systemd/private', direct: true },
	]);
	expect(buses('user', { XDG_RUNTIME_DIR: 'relative' })).toEqual([]);
});

test('whose systemd it is', () => {
	const directory = mkdtempSync(join(tmpdir(), 'tsrun-session-'));
	writeFileSync(join(directory, 'bus'), '');
	const session = { XDG_RUNTIME_DIR: directory };
	expect(managerKind({ euid: 0, inUserNamespace: false }, session)).toBe('system');
	expect(managerKind({ euid: 1000, inUserNamespace: false }, {})).toBe('user');
	expect(managerKind({ euid: 0, inUserNamespace: true }, session)).toBe('user');
	rmSync(directory, { recursive: true });
	// A container with a systemd of its own.
	expect(managerKind({ euid: 0, inUserNamespace: true }, session)).toBe('system');
});
