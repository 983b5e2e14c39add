import { TsrunError } from '../../errors/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { mapIds } from './map-ids.js';

/**
 * Maps the ids of the mount that init has sent before it came to its barrier. It is the same mount that init holds.
 *
 * @throws TsrunError ERR_STEP_FAILED as {@link mapIds}; ERR_NATIVE when there came none
 */
export function mapShownTree(launch: Launch, { source, idmap }: HostOperations['map_tree']): void {
	using tree = launch.descriptors.takeShown();
	if (tree === undefined) throw new TsrunError('ERR_NATIVE', `the init helper has not sent the mount of ${source}`);
	mapIds(tree.number, idmap, source);
}
