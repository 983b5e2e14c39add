import { afterUndo } from '../errors/index.js';
import type { ConfigSource } from '../lifecycle/config-source.js';
import type { Engine } from '../lifecycle/engine.js';
import { restoreContainer } from '../lifecycle/restore.js';
import type { RestoreOptions } from './checkpoint-options.js';
import { assertConsole } from './console-choice.js';
import { criuSettings } from './criu-settings.js';
import { type ConsoleOutcome, closeConsole, consoleSettings } from './launch-settings.js';
import { OwnedContainer } from './owned-container.js';
import { prepareStdio } from './stdio.js';
import { becomeSubreaper } from './subreaper.js';

/** A container made from images; see {@link Runtime.restore}. */
export async function restoredContainer(
	engine: Engine,
	id: string,
	source: ConfigSource,
	imagePath: string,
	options: RestoreOptions,
): Promise<OwnedContainer> {
	assertConsole(options);
	const console: ConsoleOutcome = {};
	using stdio = prepareStdio(options.stdio ?? 'inherit');
	if (options.subreaper === true) becomeSubreaper();
	const restoring = restoreContainer(engine, id, source, {
		...criuSettings(imagePath, options),
		stdio: stdio.descriptors,
		newKeyring: options.newKeyring ?? true,
		pidFile: options.pidFile,
		tcpClose: options.tcpClose,
		lsmProfile: options.lsmProfile,
		lsmMountContext: options.lsmMountContext,
		...consoleSettings(options, console, 'standard'),
	});
	const { process, dir } = await restoring.catch(async (cause) => {
		throw await afterUndo(cause, () => closeConsole(console));
	});
	return new OwnedContainer(engine, dir, {
		process,
		streams: await stdio.streams(),
		console,
		subreaper: options.subreaper === true,
		keep: options.keep === true,
		agent: undefined,
	});
}
