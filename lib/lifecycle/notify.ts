import { chmodSync, existsSync } from 'node:fs';
import { pid as ownPid } from 'node:process';
import { exited, native, OwnedFd, readable, writable } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import { notifySocketName } from '../plan/notify-socket.js';
import type { ContainerDir } from '../state/index.js';
import type { Engine } from './engine.js';
import { openInit } from './observe.js';
import { startContainer } from './start.js';

/** A service manager that hangs must not make us wait for ever; systemd's own default (sd_notify_barrier(3)). */
const barrierLimitMs = 30_000;

const sendLimitMs = 5_000;

const largestDatagram = 64 * 1024;

/** In one go; somebody in the container who never stops talking must not keep us from anything else. */
const datagramsAtOnce = 64;

/**
 * Starts a container whose program may say that it is ready, and passes that on to $NOTIFY_SOCKET: nothing but "READY=1",
 * since all the other words of sd_notify(3) are the service's own to say, not an image's.
 *
 * @throws TsrunError as {@link startContainer}; that nobody can be told is a warning
 */
export async function startAndNotify(
	engine: Engine,
	dir: ContainerDir,
	how: 'hand-over' | 'accompany',
	signal?: AbortSignal,
): Promise<void> {
	const proxy = openProxy(engine, dir);
	try {
		await startContainer(engine, dir, signal);
		if (proxy === undefined) return;
		const record = await dir.readRecord();
		const init = openInit(record);
		if (init === undefined) return proxy[Symbol.dispose]();
		if (how === 'accompany') {
			void proxy.accompany(init);
			return;
		}
		using _init = init;
		await proxy.handOver(init, record.pid, signal);
	} catch (error) {
		proxy?.[Symbol.dispose]();
		throw error;
	}
	proxy?.[Symbol.dispose]();
}

/** @returns undefined where the container was made without one, or nobody can be told */
function openProxy(engine: Engine, dir: ContainerDir): NotifyProxy | undefined {
	const address = engine.environment['NOTIFY_SOCKET'];
	if (address === undefined || !existsSync(dir.notifyDirectory)) return undefined;
	const warn = (cause: unknown) =>
		engine.onWarning({ message: systemFailure(`cannot talk to ${address}`, cause).message, pointer: '' });
	try {
		using manager = new OwnedFd(native().connectUnix(address, 'dgram'));
		const path = `${dir.notifyDirectory}/${notifySocketName}`;
		using container = new OwnedFd(native().listenUnix(path, 'dgram'));
		// The program may be any user of the container.
		chmodSync(path, 0o777);
		return new NotifyProxy(new OwnedFd(container.release()), new OwnedFd(manager.release()), warn);
	} catch (cause) {
		warn(cause);
		return undefined;
	}
}

/** Between the socket that a container talks to and the one that the service manager listens on. */
class NotifyProxy implements Disposable {
	readonly #container: OwnedFd;
	readonly #manager: OwnedFd;
	readonly #warn: (cause: unknown) => void;

	constructor(container: OwnedFd, manager: OwnedFd, warn: (cause: unknown) => void) {
		this.#container = container;
		this.#manager = manager;
		this.#warn = warn;
	}

	/** Waits until the program is ready, or has ended, and makes `pid` the main process of the service. */
	async handOver(init: OwnedFd, pid: number, signal: AbortSignal | undefined): Promise<void> {
		if (await this.#untilReady(init, { signal })) await this.#tell(['READY=1', `MAINPID=${pid}`]);
	}

	/** As long as the process runs, while somebody else waits for its end. Closes both. */
	async accompany(init: OwnedFd): Promise<void> {
		using _init = init;
		for (let words = ['READY=1', `MAINPID=${ownPid}`]; await this.#untilReady(init, { ref: false }); ) {
			await this.#tell(words);
			words = ['READY=1'];
		}
	}

	async #untilReady(init: OwnedFd, options: { signal?: AbortSignal | undefined; ref?: boolean }): Promise<boolean> {
		for (let ended = false; ; ) {
			if (this.#hearsReady()) return true;
			if (ended) return false;
			const other = new AbortController();
			const signal = options.signal === undefined ? other.signal : AbortSignal.any([options.signal, other.signal]);
			const settings = { ...options, signal };
			const waits = [
				exited(init.number, settings).then(() => true),
				readable(this.#container.number, settings).then(() => false),
			];
			try {
				ended = await Promise.race(waits);
			} finally {
				other.abort();
				await Promise.allSettled(waits);
			}
		}
	}

	/** Whether one of the datagrams that have come says so. */
	#hearsReady(): boolean {
		for (let count = 0; count < datagramsAtOnce; count++) {
			const text = this.#receive();
			if (text === undefined) return false;
			if (text.split('\n').includes('READY=1')) return true;
		}
		return false;
	}

	#receive(): string | undefined {
		try {
			const message = native().receive(this.#container.number, largestDatagram);
			// BARRIER=1 comes with one: that it is closed is the answer to it.
			for (const fd of message?.fds ?? []) new OwnedFd(fd).close();
			return message?.data.toString('utf8');
		} catch (error) {
			// Of a datagram that is too long, or has too many descriptors, nothing is kept.
			if (errnoOf(error) === 'EMSGSIZE') return '';
			throw error;
		}
	}

	/** Says it, and waits until it has been heard. */
	async #tell(words: readonly string[]): Promise<void> {
		try {
			for (const word of words) await this.#send(`${word}\n`, []);
			const [reader, writer] = native().pipe();
			using end = new OwnedFd(reader);
			using barrier = new OwnedFd(writer);
			await this.#send('BARRIER=1', [writer]);
			barrier.close();
			await readable(end.number, { timeoutMs: barrierLimitMs });
		} catch (cause) {
			this.#warn(cause);
		}
	}

	async #send(words: string, fds: readonly number[]): Promise<void> {
		const { number } = this.#manager;
		while (!native().send(number, Buffer.from(words), fds)) await writable(number, { timeoutMs: sendLimitMs });
	}

	[Symbol.dispose](): void {
		this.#container.close();
		this.#manager.close();
	}
}
