import type { CriuSettings } from '../lifecycle/checkpoint-options.js';
import { resolve } from '../paths.js';

/** The options of either verb, with absolute paths. */
export function criuSettings<Options extends CriuSettings>(imagePath: string, options: Options) {
	const { workPath } = options;
	return {
		...options,
		imagePath: resolve(imagePath),
		workPath: workPath === undefined ? undefined : resolve(workPath),
	};
}
