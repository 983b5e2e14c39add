import { join } from 'node:path';
import { native, OwnedFd, readable } from '../../lib/native/index.js';
import { Terminal } from '../../lib/runtime/terminal.js';
import { scratch } from './scratch.js';

/** The receiving end of runc's console-socket protocol, as an engine has it. */
export class ConsoleSocket implements Disposable {
	readonly path = join(scratch('console'), 'socket');
	readonly #listener = new OwnedFd(native().listenUnix(this.path, 'stream'));

	/**
	 * The terminal that the runtime sends. Rejects after 10 s, or when what arrives is anything but one message with one
	 * descriptor on a connection of its own.
	 */
	async receive(): Promise<{ terminal: Terminal; name: string }> {
		const timeoutMs = 10_000;
		await readable(this.#listener.number, { timeoutMs });
		const accepted = native().accept(this.#listener.number);
		if (accepted === undefined) throw new Error('nobody has connected');
		using connection = new OwnedFd(accepted);
		await readable(connection.number, { timeoutMs });
		const message = native().receive(connection.number, 4096);
		const [master, ...more] = message?.fds ?? [];
		for (const fd of more) new OwnedFd(fd).close();
		if (message === undefined || master === undefined || more.length > 0)
			throw new Error('not one descriptor has come');
		return { terminal: new Terminal(new OwnedFd(master)), name: message.data.toString() };
	}

	[Symbol.dispose](): void {
		this.#listener.close();
	}
}

/** What a terminal shows until its last user has gone, with plain newlines. */
export async function shownBy(terminal: Terminal): Promise<string> {
	let shown = '';
	try {
		for await (const chunk of terminal.output) shown += String(chunk);
	} catch (error) {
		// How a pseudo-terminal says that nobody is on its other side any more.
		if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error;
	}
	return shown.replaceAll('\r\n', '\n');
}
