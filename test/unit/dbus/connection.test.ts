import { Connection } from '../../../lib/dbus/connection.js';
import { Peer } from './peer.js';

const call = (member: string) => ({ destination: 'a.b', path: '/p', interface: 'i.i', member });

test('we are who the kernel says we are', async () => {
	let said = '';
	await using peer = await Peer.listen(
		() => ({}),
		(line) => {
			said = line;
			return 'DATA\r\nOK 00\r\n';
		},
	);
	using _ = await Connection.open(peer.path);
	expect(said).toBe('\0AUTH EXTERNAL\r\nDATA\r\n');
});

test('calls may overlap, and each gets its own reply', async () => {
	await using peer = await Peer.listen(({ member, body }) => ({ signature: 'ss', body: [member, String(body[0])] }));
	using connection = await Connection.open(peer.path);
	const replies = await Promise.all(
		['One', 'Two', 'Three'].map((member) =>
			connection.call({ ...call(member), signature: 's', body: [`to ${member}`] }),
		),
	);
	expect(replies).toEqual(['One', 'Two', 'Three'].map((member) => ({ ok: true, body: [member, `to ${member}`] })));
	expect(peer.calls[0]).toMatchObject({ destination: 'a.b', path: '/p', interface: 'i.i', member: 'One' });
});

test('an error is a reply', async () => {
	await using peer = await Peer.listen(() => ({ error: 'a.b.Nope', message: 'not that' }));
	using connection = await Connection.open(peer.path);
	expect(await connection.call(call('Do'))).toEqual({ ok: false, name: 'a.b.Nope', message: 'not that' });
});

test('signals come to those who listen', async () => {
	await using peer = await Peer.listen((_, self) => {
		self.signal('Happened', 'us', [1, 'x'.repeat(100_000)]);
		return {};
	});
	using connection = await Connection.open(peer.path);
	const heard: unknown[] = [];
	const stop = connection.onSignal(({ member, body }) => heard.push([member, body[0]]));
	await connection.call(call('Do'));
	stop();
	await connection.call(call('Do'));
	expect(heard).toEqual([['Happened', 1]]);
});

test.each(['REJECTED KERBEROS_V4\r\n', 'ERROR\r\n', 'DATA\r\nREJECTED\r\n'])('%j is no welcome', async (greeting) => {
	await using peer = await Peer.listen(
		() => ({}),
		() => greeting,
	);
	await expect(Connection.open(peer.path)).rejects.toMatchObject({ code: 'ERR_DBUS', path: peer.path });
});

test('where nobody listens, it is said what the kernel said', async () => {
	await expect(Connection.open('/nowhere/bus')).rejects.toMatchObject({ code: 'ERR_DBUS', errno: 'ENOENT' });
});

test('a conversation that breaks ends the calls that wait', async () => {
	await using peer = await Peer.listen((_, self) => void self.hangUp());
	using connection = await Connection.open(peer.path);
	await expect(connection.call(call('Do'))).rejects.toMatchObject({ code: 'ERR_DBUS' });
	await expect(connection.call(call('Do'))).rejects.toMatchObject({ code: 'ERR_DBUS' });
});

test('nonsense ends it as well', async () => {
	await using peer = await Peer.listen((_, self) => void self.babble('this is no message at all'));
	using connection = await Connection.open(peer.path);
	await expect(connection.call(call('Do'))).rejects.toMatchObject({ code: 'ERR_DBUS' });
});
