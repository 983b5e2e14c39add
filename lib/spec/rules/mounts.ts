import { absolutePath } from '../../paths.js';
import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Mount, Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

/** A destination as an absolute path in the container; relative ones are taken from / (config.md, "Mounts"). */
function absoluteDestination(mount: Mount): string {
	return absolutePath('/', mount.destination);
}

function hasOption(mount: Mount, ...options: readonly string[]): boolean {
	return mount.options?.some((option) => options.includes(option)) ?? false;
}

/** The root filesystem comes from /root alone. */
export const noMountOverRoot: Rule<Spec> = function* (spec) {
	for (const [index, mount] of spec.mounts?.entries() ?? []) {
		if (absoluteDestination(mount) !== '/') continue;
		const message = `must not be the root directory itself, found ${showValue(mount.destination)}`;
		yield { pointer: `/mounts/${index}/destination`, message };
	}
};

// What lxcfs and its kin replace. Everything else below /proc stays the kernel's: a file of the image's choice there could
// swallow what the runtime writes into procfs, such as labels (CVE-2019-16884).
const replaceable = new Set(
	['cpuinfo', 'diskstats', 'loadavg', 'meminfo', 'slabinfo', 'stat', 'swaps', 'uptime']
		.concat('sys/kernel/ns_last_pid', 'sys/crypto/fips_enabled')
		.map((name) => `/proc/${name}`),
);

export const onlyProcOverProc: Rule<Spec> = function* (spec) {
	for (const [index, mount] of spec.mounts?.entries() ?? []) {
		const destination = absoluteDestination(mount);
		if (destination === '/proc') {
			// What a bind mount brings can be seen only where it is made.
			if (mount.type === 'proc' || mount.type === 'bind' || hasOption(mount, 'bind', 'rbind')) continue;
			const message = `must be proc for a mount on /proc, found ${showValue(mount.type)}`;
			yield { pointer: `/mounts/${index}/type`, message };
		} else if (destination.startsWith('/proc/') && !replaceable.has(destination)) {
			const message = `must not be inside /proc, found ${showValue(mount.destination)}`;
			yield { pointer: `/mounts/${index}/destination`, message };
		}
	}
};

/** config.md: each of the two lists asks for the other; an id-mapped mount takes its mappings from somewhere. */
export const mountMappings: Rule<Spec> = function* (spec) {
	for (const [index, mount] of spec.mounts?.entries() ?? []) {
		const uids = (mount.uidMappings?.length ?? 0) > 0;
		const gids = (mount.gidMappings?.length ?? 0) > 0;
		if (uids !== gids) {
			const [present, missing] = uids ? ['uidMappings', 'gidMappings'] : ['gidMappings', 'uidMappings'];
			yield { pointer: `/mounts/${index}/${present}`, message: `needs ${missing} beside it` };
		}
		if (uids || gids || !hasOption(mount, 'idmap', 'ridmap') || namespaceOf(spec, 'user') !== undefined) continue;
		yield {
			pointer: `/mounts/${index}/options`,
			message: 'ask for an id-mapped mount, which needs uidMappings and gidMappings here or a user namespace',
		};
	}
};
