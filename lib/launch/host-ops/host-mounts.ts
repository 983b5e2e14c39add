import { realpathSync } from 'node:fs';
import { systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import { mountsAt, removeHostMounts } from '../host-mounts.js';
import type { Launch } from '../launch.js';

/** @throws TsrunError ERR_STEP_FAILED when there is no such directory */
export async function expectMounts(launch: Launch, { rootfs }: HostOperations['expect_mounts']): Promise<void> {
	const path = realPath(rootfs);
	const mounts = { path, below: mountsAt(path) };
	launch.mounts = mounts;
	await launch.context.announce(launch.made);
	launch.context.undo.push(`unmount ${path}`, () => removeHostMounts(mounts));
}

function realPath(rootfs: string): string {
	try {
		return realpathSync(rootfs);
	} catch (cause) {
		throw systemFailure(`cannot find ${rootfs}`, cause, { path: rootfs }, 'ERR_STEP_FAILED');
	}
}
