import { SystemdManager } from '../../../lib/cgroup/systemd/manager.js';
import { type Answer, Peer, type Received } from '../dbus/peer.js';

const job = '/org/freedesktop/systemd1/job/7';
const jobReply = { signature: 'o', body: [job] };
const noSuchUnit = { error: 'org.freedesktop.systemd1.NoSuchUnit', message: 'Unit a.scope not loaded.' };

function removed(peer: Peer, result = 'done', which = job): void {
	peer.signal('JobRemoved', 'uoss', [7, which, 'a.scope', result]);
}

/** A systemd that answers some calls in its own way, and all others with nothing. */
async function systemd(answers: Record<string, (call: Received, peer: Peer) => Answer>): Promise<Peer> {
	return Peer.listen((call, peer) => (answers[call.member] ?? (() => ({})))(call, peer));
}

const open = ({ path }: Peer) => SystemdManager.open('user', { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` });
const members = ({ calls }: Peer) => calls.map(({ member }) => member);

test('its facts are two properties', async () => {
	const values: Record<string, string> = { Version: '257.9-1~deb13u1', ControlGroup: '/user.slice' };
	await using peer = await systemd({
		Get: ({ body }) => ({ signature: 'v', body: [{ signature: 's', value: values[String(body[1])] ?? '' }] }),
	});
	using manager = await open(peer);
	expect(await manager.facts()).toEqual({ manager: 'user', version: 257, cgroup: '/user.slice' });
	values['ControlGroup'] = '';
	values['Version'] = 'v239';
	expect(await manager.facts()).toEqual({ manager: 'user', version: 239, cgroup: '/' });
	values['Version'] = 'unknown';
	await expect(manager.facts()).rejects.toMatchObject({ code: 'ERR_DBUS' });
});

test('a scope has started when its job was done, even if that comes before the reply', async () => {
	await using peer = await systemd({
		StartTransientUnit: (_, self) => {
			removed(self, 'done', `${job}0`);
			self.signalInterface = 'some.body.Else';
			removed(self, 'failed');
			self.signalInterface = 'org.freedesktop.systemd1.Manager';
			removed(self);
			return jobReply;
		},
	});
	using manager = await open(peer);
	await manager.startScope('a.scope', [{ name: 'Delegate', signature: 'b', value: true }], [42]);
	expect(members(peer)).toEqual(['Hello', 'AddMatch', 'Subscribe', 'StartTransientUnit']);
	expect(peer.calls.at(-1)).toMatchObject({
		destination: 'org.freedesktop.systemd1',
		interface: 'org.freedesktop.systemd1.Manager',
		body: [
			'a.scope',
			'fail',
			[
				['Delegate', { signature: 'b', value: true }],
				['PIDs', { signature: 'au', value: [42] }],
			],
			[],
		],
	});
});

test('a job that comes to nothing is an error', async () => {
	await using peer = await systemd({
		StartTransientUnit: (_, self) => {
			setImmediate(() => removed(self, 'failed'));
			return jobReply;
		},
	});
	using manager = await open(peer);
	await expect(manager.startScope('a.scope', [], [1])).rejects.toMatchObject({
		code: 'ERR_DBUS',
		message: 'cannot start the unit a.scope: the job ended with the result "failed"',
	});
});

test('what systemd refuses is said in its words', async () => {
	await using peer = await systemd({
		StartTransientUnit: () => ({ error: 'org.freedesktop.DBus.Error.PropertyReadOnly', message: 'Cannot set it.' }),
	});
	using manager = await open(peer);
	await expect(manager.startScope('a.scope', [], [1])).rejects.toThrow('cannot start the unit a.scope: Cannot set it.');
});

test('a name that a failed unit holds is had at the second attempt, one of a unit that runs is not', async () => {
	const exists = { error: 'org.freedesktop.systemd1.UnitExists', message: 'Unit a.scope was already loaded.' };
	let attempts = 0;
	let free = true;
	await using peer = await systemd({
		StartTransientUnit: (_, self) => {
			if (++attempts % 2 === 1 || !free) return exists;
			removed(self);
			return jobReply;
		},
	});
	using manager = await open(peer);
	await manager.startScope('a.scope', [], [1]);
	expect(members(peer).slice(3)).toEqual(['StartTransientUnit', 'ResetFailedUnit', 'StartTransientUnit']);
	free = false;
	await expect(manager.startScope('a.scope', [], [1])).rejects.toThrow('already loaded');
});

test('a property is set when the next call was answered', async () => {
	await using peer = await systemd({});
	using manager = await open(peer);
	await manager.setProperties('a.scope', [{ name: 'TasksMax', signature: 't', value: 5n }]);
	expect(members(peer)).toEqual(['Hello', 'SetUnitProperties', 'Ping']);
	expect(peer.calls[1]?.body).toEqual(['a.scope', true, [['TasksMax', { signature: 't', value: 5n }]]]);
});

test('a unit that is gone need not be stopped', async () => {
	await using peer = await systemd({ StopUnit: () => noSuchUnit, ResetFailedUnit: () => noSuchUnit });
	using manager = await open(peer);
	await manager.stopUnit('a.scope');
	expect(members(peer).slice(3)).toEqual(['StopUnit', 'ResetFailedUnit']);
});

test('a unit has stopped when its job was done', async () => {
	let gone = false;
	await using peer = await systemd({
		StopUnit: (_, self) => {
			setImmediate(() => {
				gone = true;
				removed(self);
			});
			return jobReply;
		},
	});
	using manager = await open(peer);
	await manager.stopUnit('a.scope');
	expect(gone).toBe(true);
});

test('without a session there is a hint', async () => {
	await expect(SystemdManager.open('user', { XDG_RUNTIME_DIR: '/nowhere' })).rejects.toMatchObject({
		code: 'ERR_DBUS',
		errno: 'ENOENT',
		hint: expect.stringContaining('XDG_RUNTIME_DIR'),
	});
	await expect(SystemdManager.open('user', {})).rejects.toThrow('nobody says where it is');
});

test('systemd itself at the other end needs no greeting', async () => {
	await using peer = await systemd({});
	const { mkdirSync, symlinkSync, mkdtempSync, rmSync } = await import('node:fs');
	const directory = mkdtempSync('/tmp/tsrun-xdg-');
	mkdirSync(`${directory}/systemd`);
	symlinkSync(peer.path, `${directory}/systemd/private`);
	using manager = await SystemdManager.open('user', { XDG_RUNTIME_DIR: directory });
	rmSync(directory, { recursive: true });
	await manager.setProperties('a.scope', []);
	expect(members(peer)).toEqual(['SetUnitProperties', 'Ping']);
	expect(peer.calls[0]?.destination).toBeUndefined();
});
