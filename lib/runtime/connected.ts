import { afterUndo } from '../errors/index.js';
import { assertConsole } from './console-choice.js';
import { type ConsoleOutcome, type ConsoleSettings, closeConsole, consoleSettings } from './launch-settings.js';
import type { LaunchOptions, StdioStreams } from './options.js';
import { prepareStdio } from './stdio.js';

/** What a process that is made has to be connected to. */
interface Ends extends ConsoleSettings {
	/** Descriptors for 0, 1 and 2; -1 for /dev/null. */
	readonly stdio: readonly [number, number, number];
}

/** What was made, and our ends of it. */
interface Connected<Made> {
	readonly made: Made;
	readonly streams: StdioStreams;
	readonly console: ConsoleOutcome;
}

/**
 * Has a process made with the standard streams and the terminal that the options ask for. If it cannot be made, all ends are
 * closed again.
 *
 * @param kind what runc tells the receiver of a pidfd about the process
 * @throws TsrunError ERR_CONSOLE when the options contradict each other, and whatever `make` throws
 */
export async function connected<Made>(
	options: LaunchOptions,
	kind: 'standard' | 'setns',
	make: (ends: Ends) => Promise<Made>,
): Promise<Connected<Made>> {
	assertConsole(options);
	const console: ConsoleOutcome = {};
	using stdio = prepareStdio(options.stdio ?? 'inherit');
	const settings = consoleSettings(options, console, kind);
	try {
		const made = await make({ stdio: stdio.descriptors, ...settings });
		return { made, streams: await stdio.streams(), console };
	} catch (cause) {
		throw await afterUndo(cause, () => closeConsole(console));
	}
}
