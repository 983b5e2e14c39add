import { TsrunError } from '../errors/index.js';
import { native, OwnedFd } from '../native/index.js';
import { systemFailure } from '../os/index.js';

/**
 * Hands a descriptor to whoever listens on a unix socket, as callers of runc expect it: one connection, one message
 * with exactly one descriptor.
 *
 * @param what the thing in words, for the error
 * @throws TsrunError ERR_CONSOLE
 */
export function sendDescriptor(socketPath: string, descriptor: number, payload: string, what: string): void {
	try {
		using socket = new OwnedFd(native().connectUnix(socketPath, 'stream'));
		if (!native().send(socket.number, Buffer.from(payload), [descriptor])) {
			throw new TsrunError('ERR_CONSOLE', `nobody takes ${what} from ${socketPath}`, { path: socketPath });
		}
	} catch (cause) {
		throw systemFailure(`cannot send ${what} to ${socketPath}`, cause, { path: socketPath }, 'ERR_CONSOLE');
	}
}
