import { InitChannel } from '../../lib/launch/channel.js';
import { native, OwnedFd } from '../../lib/native/index.js';

const barrier = 3;

/** A message of the helper, as addon/wire/messages.h has it: kind, step, value, and the length of what follows. */
function report(kind: number, value: number): Buffer {
	const message = Buffer.alloc(16);
	message.writeUInt32LE(kind, 0);
	message.writeUInt32LE(value, 8);
	return message;
}

function conversation() {
	const [ours, theirs] = native().socketPair();
	return { channel: new InitChannel(new OwnedFd(ours)), helper: new OwnedFd(theirs) };
}

test('what the helper said is heard although it ended before it read the answer', async () => {
	const { channel, helper } = conversation();
	using _channel = channel;
	native().send(helper.number, report(barrier, 7), []);
	channel.send('release', 7);
	helper.close();
	const received = await channel.receive();
	expect(received?.report).toMatchObject({ kind: 'barrier', value: 7 });
	expect(await channel.receive()).toBeUndefined();
});

test('who is told to go on after its end is told of, by EPIPE', () => {
	const { channel, helper } = conversation();
	using _channel = channel;
	helper.close();
	expect(() => channel.send('release', 7)).toThrow(expect.objectContaining({ code: 'ERR_SYSTEM', errno: 'EPIPE' }));
});
