import { closeSync } from 'node:fs';
import { exited, native, readable, type Spawned } from '../../lib/native/index.js';

/** No message for a helper that is in its cgroup. */
export const silent = { channel: -1, message: Buffer.alloc(0) };

/** A program with one record: announce barrier 7 and wait. */
export function waitingProgram(): Buffer {
	const words = [0x4e555254, 1, 1, 0, /* barrier */ 1, /* step */ 5, /* length */ 4, /* id */ 7];
	const bytes = Buffer.alloc(words.length * 4);
	words.forEach((word, index) => {
		bytes.writeUInt32LE(word, index * 4);
	});
	return bytes;
}

export interface Started extends Spawned {
	readonly channel: number;
}

/** Starts a helper on `program`; `place` arranges the descriptors behind stdio. */
export function start(
	program: Buffer,
	flags = 0n,
	place = (channel: number, code: number) => [-1, -1, -1, channel, code],
	cgroup = -1,
): Started {
	const [channel, other] = native().socketPair();
	const code = native().sealedMemfd('program', program);
	try {
		return { ...native().spawnInit({ flags, cgroup, fds: place(other, code), preserved: 0, ...silent }), channel };
	} catch (error) {
		closeSync(channel);
		throw error;
	} finally {
		closeSync(other);
		closeSync(code);
	}
}

/** The next report. */
export async function hear(channel: number): Promise<{ kind: number; step: number; value: number }> {
	await readable(channel, { timeoutMs: 10_000 });
	const data = native().receive(channel, 8192)?.data ?? Buffer.alloc(0);
	return { kind: data.readUInt32LE(0), step: data.readUInt32LE(4), value: data.readInt32LE(8) };
}

/** Closes the helper's channel, at which it ends, and takes its exit. */
export async function end(helper: Started): Promise<void> {
	closeSync(helper.channel);
	await exited(helper.pidfd, { timeoutMs: 10_000 });
	closeSync(helper.pidfd);
	expect(native().reap(helper.pid)).toEqual({ pid: helper.pid, code: 1, signal: 0 });
}
