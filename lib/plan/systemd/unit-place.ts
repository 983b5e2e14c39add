import { ConfigError } from '../../errors/index.js';
import type { SystemdFacts } from '../../host/facts.js';
import { sliceName, slicePath } from './slice.js';

/** The transient unit that a container is, and where its cgroup is in every hierarchy. */
export interface UnitPlace {
	readonly unit: string;
	readonly slice: string;
	/** Path of the cgroup, from the top of the hierarchy. */
	readonly cgroup: string;
}

/**
 * Reads a `cgroupsPath` of the form `slice:prefix:name`, which means the unit `prefix-name.scope` in that slice. An
 * empty slice is the one for services of the system, or of the user; without a path it is `:tsrun:ID`.
 *
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function unitPlace(id: string, cgroupsPath: string | undefined, systemd: SystemdFacts): UnitPlace {
	const parts = (cgroupsPath ?? `:tsrun:${id}`).split(':');
	const [asked = '', prefix = '', name = ''] = parts;
	if (parts.length !== 3 || name === '') {
		throw invalid(`with systemd it has the form "slice:prefix:name", found ${JSON.stringify(cgroupsPath)}`);
	}
	if (name.endsWith('.slice')) throw invalid(`a container is a scope, and ${name} a slice`);
	const slice = asked === '' ? (systemd.manager === 'user' ? 'user.slice' : 'system.slice') : sliceName(asked);
	const path = slicePath(slice);
	if (path === undefined) throw invalid(`${JSON.stringify(asked)} is no name of a slice, such as machine-web.slice`);
	const unit = `${escapeUnit(prefix === '' ? name : `${prefix}-${name}`)}.scope`;
	if (unit.length > longestName)
		throw invalid(`the unit's name would have ${unit.length} characters, and ${longestName} are possible`);
	return { unit, slice, cgroup: `${systemd.cgroup === '/' ? '' : systemd.cgroup}${path}/${unit}` };
}

/** UNIT_NAME_MAX of systemd, less the zero at its end. */
const longestName = 255;

/** Ids may have characters that names of units may not; as systemd-escape(1) writes them. */
function escapeUnit(name: string): string {
	return name.replace(/[^A-Za-z0-9:_.\\-]/g, (char) =>
		[...new TextEncoder().encode(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
	);
}

function invalid(message: string): ConfigError {
	return new ConfigError('ERR_CONFIG_INVALID', 'config.json', [{ pointer: '/linux/cgroupsPath', message }]);
}
