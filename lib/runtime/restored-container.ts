import type { ConfigSource } from '../lifecycle/config-source.js';
import type { Engine } from '../lifecycle/engine.js';
import { restoreContainer } from '../lifecycle/restore.js';
import { connected } from './connected.js';
import { criuSettings } from './criu-settings.js';
import { OwnedContainer } from './owned-container.js';
import type { RestoreOptions } from './restore-options.js';
import { becomeSubreaper } from './subreaper.js';

/** A container made from images; see {@link Runtime.restore}. */
export async function restoredContainer(
	engine: Engine,
	id: string,
	source: ConfigSource,
	imagePath: string,
	options: RestoreOptions,
): Promise<OwnedContainer> {
	const { made, streams, console } = await connected(options, 'standard', (ends) => {
		if (options.subreaper === true) becomeSubreaper();
		return restoreContainer(engine, id, source, {
			...criuSettings(imagePath, options),
			...ends,
			newKeyring: options.newKeyring ?? true,
		});
	});
	const { process, dir } = made;
	return new OwnedContainer(engine, dir, { process, streams, console, agent: undefined }, options);
}
