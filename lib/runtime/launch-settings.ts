import type { InitProcess } from '../launch/init-process.js';
import type { OwnedFd } from '../native/index.js';
import { idleConsole } from './console-choice.js';
import { sendDescriptor } from './descriptor-socket.js';
import type { LaunchOptions } from './options.js';
import type { TerminalRelay } from './relay.js';
import type { Terminal } from './terminal.js';

/** Where the terminal of a process went. */
export interface ConsoleOutcome {
	relay?: TerminalRelay;
	terminal?: Terminal;
}

/** Gives back what was connected to a terminal: descriptors, and the mode of the caller's own one. */
export async function closeConsole({ relay, terminal }: ConsoleOutcome): Promise<void> {
	terminal?.close();
	await relay?.end();
}

export interface ConsoleSettings {
	readonly onConsole?: (master: OwnedFd, name: string) => Promise<void>;
	readonly noConsoleReason: string;
	readonly idleConsoleReason?: string;
	readonly onProcess: (process: InitProcess) => void;
}

/**
 * Who takes the terminal, and who is told of the process, as the options of a call say.
 *
 * @param kind what runc tells the receiver of a pidfd about the process
 */
export function consoleSettings(
	options: LaunchOptions,
	outcome: ConsoleOutcome,
	kind: 'standard' | 'setns',
): ConsoleSettings {
	const { consoleSocket, pidfdSocket } = options;
	const onConsole = consoleTaker(options, outcome);
	return {
		...(onConsole === undefined ? {} : { onConsole }),
		noConsoleReason: 'cannot allocate tty if tsrun will detach without setting console socket',
		...(consoleSocket === undefined ? {} : { idleConsoleReason: idleConsole }),
		onProcess: ({ pidfd }) => {
			if (pidfdSocket !== undefined) sendDescriptor(pidfdSocket, pidfd.number, kind, 'the pidfd');
		},
	};
}

function consoleTaker(
	{ consoleSocket, terminal, stdio }: LaunchOptions,
	outcome: ConsoleOutcome,
): ((master: OwnedFd, name: string) => Promise<void>) | undefined {
	if (consoleSocket !== undefined) {
		return async (master, name) => {
			using owned = master;
			sendDescriptor(consoleSocket, owned.number, name, 'the terminal');
		};
	}
	if (terminal === 'relay') {
		return async (master) => {
			const { TerminalRelay } = await import('./relay.js');
			outcome.relay = new TerminalRelay(master);
		};
	}
	if (stdio !== 'pipe') return undefined;
	return async (master) => {
		const { Terminal } = await import('./terminal.js');
		outcome.terminal = new Terminal(master);
	};
}
