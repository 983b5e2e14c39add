import type { CgroupPaths } from '../freezer.js';

/** Where the files of a controller are, and in which of the two shapes. */
export interface ControllerDirectory {
	readonly version: 1 | 2;
	readonly directory: string;
}

/** The v1 hierarchy of a controller if there is one, else the unified one, whether the controller is enabled there or not. */
export function controllerDirectory({ v1, v2 }: CgroupPaths, controller: string): ControllerDirectory | undefined {
	const legacy = v1?.[controller];
	if (legacy !== undefined) return { version: 1, directory: legacy };
	return v2 === undefined ? undefined : { version: 2, directory: v2 };
}
