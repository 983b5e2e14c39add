import { ConfigError, type ConfigFault, TsrunError } from '../errors/index.js';
import type { HostFacts } from '../host/facts.js';
import { contextType, contextTypePointer } from './annotations.js';
import { missingOfProcess, noSelinux } from './security-modules.js';
import type { Shape } from './shape.js';
import { namespaceTypes } from './tables/namespaces.js';

type Check = (shape: Shape) => Iterable<ConfigFault>;

/**
 * Refuses what would otherwise silently not happen: members that are valid each by itself, and together with others ask
 * for what no kernel does or what is not safe, and what this host lacks.
 *
 * @throws ConfigError ERR_CONFIG_INVALID, ERR_HOST_UNSUPPORTED, with all that is wrong of the one kind
 * @throws TsrunError ERR_KERNEL_TOO_OLD
 */
export function checkRequest(shape: Shape): void {
	checkKernel(shape.facts.kernel);
	refuse('ERR_CONFIG_INVALID', shape, [
		wordsOfAnnotations,
		mountsOfUserNamespace,
		idmapOfNoNewMount,
		privateWithoutPivot,
	]);
	refuse('ERR_HOST_UNSUPPORTED', shape, [missingNamespaces, missingSecurityModules, missingResctrl]);
}

// The mount calls that go by descriptor are of Linux 5.2, the processes they are used with of 5.3 and 5.4 (pidfd_open, clone3,
// the number that a pidfd has); all that is younger has something that stands in for it. 0.0: a release that cannot be read.
function checkKernel({ release, major, minor }: HostFacts['kernel']): void {
	if (major > 5 || (major === 5 && minor >= 4) || (major === 0 && minor === 0)) return;
	throw new TsrunError('ERR_KERNEL_TOO_OLD', `this is Linux ${release}, and tsrun needs 5.4 or a later one`);
}

function refuse(code: 'ERR_CONFIG_INVALID' | 'ERR_HOST_UNSUPPORTED', shape: Shape, checks: readonly Check[]): void {
	const faults = checks.flatMap((check) => [...check(shape)]);
	if (faults.length > 0) throw new ConfigError(code, 'config.json', faults);
}

function* wordsOfAnnotations({ spec }: Shape): Generator<ConfigFault> {
	if (contextType(spec) !== undefined) return;
	yield { pointer: contextTypePointer, message: 'must be context, fscontext, defcontext or rootcontext' };
}

// mount(2) takes CAP_SYS_ADMIN in the user namespace that the mount namespace belongs to.
function* mountsOfUserNamespace({ mountsOnHost, inUserNamespace }: Shape): Generator<ConfigFault> {
	if (!mountsOnHost || !inUserNamespace) return;
	const message =
		'needs an entry of type mount in /linux/namespaces: nothing can be mounted from a user namespace else';
	yield { pointer: '/mounts', message };
}

// mount_setattr(2): ids are mapped before a mount is in its place. Cgroups have no owners that could be mapped.
function* idmapOfNoNewMount({ mounts }: Shape): Generator<ConfigFault> {
	for (const { mount, options, pointer, mapped } of mounts) {
		if (!mapped) continue;
		if (options.remount) yield { pointer, message: 'the ids of a mount cannot be mapped by a remount' };
		else if (!options.bind && (mount.type === 'cgroup' || mount.type === 'cgroup2')) {
			yield { pointer, message: 'the ids of a cgroup mount cannot be mapped' };
		}
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
		const hint = 'Leave the namespace out, or boot a kernel that has it; /proc/self/ns lists the kinds.';
		yield { pointer: pointerOf(type), message: `this kernel has no ${type} namespaces`, hint };
	}
}

function* missingSecurityModules({ spec, facts }: Shape): Generator<ConfigFault> {
	if (spec.process !== undefined) yield* missingOfProcess(spec.process, '/process', facts);
	if (spec.linux?.mountLabel !== undefined && !facts.lsm.selinux) yield { pointer: '/linux/mountLabel', ...noSelinux };
}

// config-linux.md, "IntelRdt": MUST be an error.
function* missingResctrl({ spec, facts }: Shape): Generator<ConfigFault> {
	if (spec.linux?.intelRdt === undefined || facts.resctrl !== undefined) return;
	const hint = 'Mount it (mount -t resctrl resctrl /sys/fs/resctrl), if the processor has what it is about.';
	yield { pointer: '/linux/intelRdt', message: 'no resctrl file system is mounted on this host', hint };
}
