import { Readable, Writable } from 'node:stream';
import { native } from './load.js';
import { OwnedFd } from './owned-fd.js';
import { fromSystemError, isSystemError } from './system-error.js';
import { isAlwaysReady, READABLE, Watch, WRITABLE } from './watch.js';

const CHUNK = 64 * 1024;

/** Waits for one descriptor again and again with one watch, made when the first wait is needed. */
class Readiness {
	readonly #fd: number;
	readonly #events: number;
	readonly #proceed: () => void;
	#watch: Watch | undefined;

	constructor(fd: number, events: number, proceed: () => void) {
		this.#fd = fd;
		this.#events = events;
		this.#proceed = proceed;
	}

	wait(): void {
		try {
			if (this.#watch !== undefined) this.#watch.arm();
			else this.#watch = new Watch(this.#fd, this.#events, this.#proceed);
		} catch (error) {
			if (!isAlwaysReady(error)) throw error;
			setImmediate(this.#proceed);
		}
	}

	close(): void {
		this.#watch?.close();
		this.#watch = undefined;
	}
}

/**
 * Reads a non-blocking descriptor, which it owns, until its end. A read is outstanding only while the consumer wants data, and only
 * then does the stream keep the event loop alive.
 */
export class PipeReader extends Readable {
	readonly #fd: OwnedFd;
	readonly #readiness: Readiness;

	constructor(fd: number | OwnedFd) {
		super({ highWaterMark: CHUNK });
		this.#fd = new OwnedFd(typeof fd === 'number' ? fd : fd.release());
		this.#readiness = new Readiness(this.#fd.number, READABLE, () => this.#fill());
	}

	override _read(): void {
		this.#fill();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		closeBoth(this.#readiness, this.#fd, error, done);
	}

	#fill(): void {
		if (!this.#fd.open) return;
		try {
			const chunk = Buffer.allocUnsafe(CHUNK);
			const size = readUntilHangUp(this.#fd.number, chunk);
			if (size === undefined) this.#readiness.wait();
			else if (size === 0) this.push(null);
			// A copy of a small piece, because a consumer that keeps it would keep the whole chunk.
			else this.push(size < CHUNK / 4 ? Buffer.from(chunk.subarray(0, size)) : chunk.subarray(0, size));
		} catch (error) {
			this.destroy(fromSystemError(error, 'read from a pipe'));
		}
	}
}

/** Writes to a non-blocking descriptor, which it owns; ending the stream closes it. */
export class PipeWriter extends Writable {
	readonly #fd: OwnedFd;
	readonly #readiness: Readiness;
	#proceed: (() => void) | undefined;

	constructor(fd: number | OwnedFd) {
		super({ highWaterMark: CHUNK });
		this.#fd = new OwnedFd(typeof fd === 'number' ? fd : fd.release());
		this.#readiness = new Readiness(this.#fd.number, WRITABLE, () => this.#proceed?.());
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		let written = 0;
		this.#proceed = () => {
			if (!this.#fd.open) return;
			try {
				while (written < chunk.length) {
					const size = native().write(this.#fd.number, chunk, written, chunk.length - written);
					if (size === undefined) return this.#readiness.wait();
					written += size;
				}
			} catch (error) {
				return done(fromSystemError(error, 'write to a pipe'));
			}
			this.#proceed = undefined;
			done();
		};
		this.#proceed();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		this.#proceed = undefined;
		closeBoth(this.#readiness, this.#fd, error, done);
	}
}

// The master of a pseudo-terminal answers EIO, not an end of file, when the last process has closed its other side.
function readUntilHangUp(fd: number, chunk: Buffer): number | undefined {
	try {
		return native().read(fd, chunk, 0, chunk.length);
	} catch (error) {
		if (isSystemError(error) && error.code === 'EIO') return 0;
		throw error;
	}
}

function closeBoth(readiness: Readiness, fd: OwnedFd, error: Error | null, done: (error?: Error | null) => void): void {
	try {
		readiness.close();
		fd.close();
		done(error);
	} catch (failure) {
		done(error ?? fromSystemError(failure, 'close a pipe'));
	}
}
