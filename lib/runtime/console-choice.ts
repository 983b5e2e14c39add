import { TsrunError } from '../errors/index.js';
import type { LaunchOptions } from './options.js';

export const idleConsole = 'cannot use console socket if tsrun will not detach or allocate tty';

/** @throws TsrunError ERR_CONSOLE when the options contradict each other about the terminal */
export function assertConsole({ consoleSocket, terminal }: LaunchOptions): void {
	if (consoleSocket !== undefined && terminal === 'relay') {
		throw new TsrunError('ERR_CONSOLE', idleConsole);
	}
}
