import { isSystemError, native } from '../../native/index.js';
import { systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { mapIds } from './map-ids.js';

/** A file system that belongs to the runtime's user namespace, as any has to that has its ids mapped for another one. */
export function newMount(launch: Launch, args: HostOperations['new_mount']): void {
	const { slot, type, source, options, idmap } = args;
	let mount: number;
	try {
		mount = native().newMount(type, source, options);
	} catch (cause) {
		// Not a path, but the option that was refused, and what the kernel says about it.
		const detail = isSystemError(cause) ? `${cause.syscall} ${cause.path}` : 'no mount';
		throw systemFailure(`cannot make a new ${type}: ${detail}`, cause, { path: '' }, 'ERR_STEP_FAILED');
	}
	launch.descriptors.add(slot, mount);
	mapIds(mount, idmap, `a new ${type}`);
}
