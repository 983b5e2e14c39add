import { native } from './load.js';

/** Whoever gets here is on a machine that has run out of something: waits need not be short, but they have to end. */
const everyMs = 20;

/** Looks at a descriptor now and then, until it is ready once. */
export class Lookout {
	readonly #timer: NodeJS.Timeout;

	/** @throws SystemError when the descriptor cannot be waited for */
	constructor(fd: number, events: number, callback: () => void) {
		native().poll(fd, events, 0);
		this.#timer = setInterval(() => {
			if (!isReady(fd, events)) return;
			this.close();
			callback();
		}, everyMs);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	ref(): void {
		this.#timer.ref();
	}

	unref(): void {
		this.#timer.unref();
	}
}

/** What is wrong with it is found by who reads it then. */
function isReady(fd: number, events: number): boolean {
	try {
		return native().poll(fd, events, 0);
	} catch {
		return true;
	}
}
