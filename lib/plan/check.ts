import { ConfigError, type ConfigFault } from '../errors/index.js';
import { parseMountOptions } from './mount-options.js';
import type { Shape } from './shape.js';
import { namespaceTypes } from './tables/namespaces.js';

type Check = (shape: Shape) => Iterable<ConfigFault>;

/**
 * Refuses what is valid by the runtime-spec and would otherwise silently not happen.
 *
 * @throws ConfigError ERR_CONFIG_UNSUPPORTED with everything that tsrun does not perform, ERR_HOST_UNSUPPORTED with
 *   everything that this host lacks
 */
export function checkRequest(shape: Shape): void {
	refuse('ERR_CONFIG_UNSUPPORTED', shape, [
		notPerformed,
		mountsWithoutNamespace,
		idmapOfNewFileSystem,
		privateWithoutPivot,
	]);
	refuse('ERR_HOST_UNSUPPORTED', shape, [missingNamespaces, missingSecurityModules]);
}

function refuse(code: 'ERR_CONFIG_UNSUPPORTED' | 'ERR_HOST_UNSUPPORTED', shape: Shape, checks: readonly Check[]): void {
	const faults = checks.flatMap((check) => [...check(shape)]);
	if (faults.length > 0) throw new ConfigError(code, 'config.json', faults);
}

function* notPerformed({ spec }: Shape): Generator<ConfigFault> {
	const { netDevices, intelRdt } = spec.linux ?? {};
	if (netDevices !== undefined && Object.keys(netDevices).length > 0) {
		yield { pointer: '/linux/netDevices', message: 'network devices are not moved yet' };
	}
	if (intelRdt !== undefined) yield { pointer: '/linux/intelRdt', message: 'resctrl is not performed yet' };
}

// They would be the host's own: mounts that everybody sees and nobody removes.
function* mountsWithoutNamespace({ hasMountNamespace, spec }: Shape): Generator<ConfigFault> {
	if (hasMountNamespace) return;
	const message = 'needs an entry of type mount in /linux/namespaces';
	if ((spec.mounts ?? []).length > 0) yield { pointer: '/mounts', message };
	if (spec.root.readonly === true) yield { pointer: '/root/readonly', message };
	if ((spec.linux?.devices ?? []).length > 0) yield { pointer: '/linux/devices', message };
	if (spec.linux?.rootfsPropagation !== undefined) yield { pointer: '/linux/rootfsPropagation', message };
}

function* idmapOfNewFileSystem({ spec }: Shape): Generator<ConfigFault> {
	for (const [index, mount] of (spec.mounts ?? []).entries()) {
		const options = parseMountOptions(mount.options ?? []);
		if (mount.type === 'bind' || options.bind) continue;
		if (options.idmap === 'none' && (mount.uidMappings ?? []).length === 0) continue;
		yield { pointer: `/mounts/${index}`, message: 'only bind mounts can have their ids mapped' };
	}
}

// The host's mounts stay below the container's root then, and none of the host's unmounts would reach them.
function* privateWithoutPivot({ spec, options }: Shape): Generator<ConfigFault> {
	const asked = spec.linux?.rootfsPropagation;
	if (options.pivot || (asked !== 'private' && asked !== 'rprivate')) return;
	yield { pointer: '/linux/rootfsPropagation', message: `${asked} is not safe without pivot_root` };
}

function* missingNamespaces({ created, facts, pointerOf }: Shape): Generator<ConfigFault> {
	for (const type of created) {
		if (facts.namespaces.includes(namespaceTypes[type].file)) continue;
		yield { pointer: pointerOf(type), message: `this kernel has no ${type} namespaces` };
	}
}

function* missingSecurityModules({ spec, facts }: Shape): Generator<ConfigFault> {
	const { apparmorProfile, selinuxLabel } = spec.process ?? {};
	if (apparmorProfile !== undefined && !facts.lsm.apparmor) {
		yield { pointer: '/process/apparmorProfile', message: 'AppArmor is not enabled on this host' };
	}
	if (facts.lsm.selinux) return;
	const message = 'SELinux is not enabled on this host';
	if (selinuxLabel !== undefined) yield { pointer: '/process/selinuxLabel', message };
	if (spec.linux?.mountLabel !== undefined) yield { pointer: '/linux/mountLabel', message };
}
