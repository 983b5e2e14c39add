import { version } from '../lib/index.js';

/** The version of the runtime-spec that is implemented. */
const specVersion = '1.3.0';

/** What `--version` prints: lines of `name: value` behind the first, as moby and Podman read them. */
export function versionText(): string {
	return `tsrun version ${version}\nspec: ${specVersion}\n`;
}
