import { ConfigError } from '../../errors/index.js';
import { allDirectories, type CgroupDirectories } from '../cgroup-path.js';
import { devicePolicy } from '../resources/device-policy.js';
import { type Shape, unitOf } from '../shape.js';
import { host, type Step } from '../step.js';
import { annotationProperties } from '../systemd/annotation-properties.js';
import { deviceProperties } from '../systemd/device-properties.js';
import { resourceProperties } from '../systemd/resource-properties.js';
import { scopeProperties } from '../systemd/scope-properties.js';

/** The steps of a container whose cgroup systemd makes, by the moment at which they are due. */
export interface ScopeSteps {
	/** Hierarchies that systemd leaves alone: there the cgroup is made as without it. */
	readonly others: readonly string[];
	/** When there is a process to put in the unit. */
	readonly start: Step;
	/**
	 * When the container is built, and before the files of the cgroup are written: whenever a property changes, systemd
	 * writes what it knows to them.
	 */
	readonly limits: readonly Step[];
}

/**
 * @param enable controllers that the cgroup is to have in the unified hierarchy
 * @returns null where systemd does not make the cgroup
 * @throws ConfigError ERR_CONFIG_INVALID for annotations that are no properties, ERR_HOST_UNSUPPORTED
 */
export function scopeSteps(
	shape: Shape,
	cgroup: CgroupDirectories | null,
	enable: readonly string[],
): ScopeSteps | null {
	const place = unitOf(shape);
	const { systemd, cgroup: layout, inUserNamespace } = shape.facts;
	if (place === null || cgroup === null || systemd === undefined) return null;
	// With v1 systemd has a hierarchy of its own, which may be the unified one beside it.
	const directory = cgroup.v1['name=systemd'] ?? cgroup.unified;
	if (directory === undefined) {
		const message = 'systemd has no cgroup hierarchy here; use the cgroup manager cgroupfs';
		throw new ConfigError('ERR_HOST_UNSUPPORTED', 'config.json', [{ pointer: '/linux/cgroupsPath', message }]);
	}
	const { spec, options, id } = shape;
	const { unit, slice } = place;
	const { manager, version } = systemd;
	const unified = layout.mode === 'unified';
	const resources = spec.linux?.resources ?? {};
	const asked = annotationProperties(spec.annotations);
	// A systemd without privileges cannot restrict devices either.
	const powerless = options.rootless || inUserNamespace || manager === 'user';
	const policy = devicePolicy(resources.devices ?? [], '/linux/resources/devices');
	const properties = [
		...resourceProperties(resources, { version, unified }),
		...(powerless ? [] : deviceProperties(policy, version)),
	];
	return {
		// A unified hierarchy beside v1 is systemd's as well, which leaves out its own one where it finds the cgroup there
		// already (hybrid mode, seen with 257).
		others: allDirectories(cgroup).filter((one) => one !== directory && one !== cgroup.unified),
		start: host(
			'start_scope',
			{
				unit,
				manager,
				properties: scopeProperties(id, slice, unified, asked),
				directory,
				enable,
				unified: cgroup.unified ?? null,
			},
			spec.linux?.cgroupsPath === undefined ? '' : '/linux/cgroupsPath',
		),
		limits:
			properties.length === 0 ? [] : [host('set_unit_properties', { unit, manager, properties }, '/linux/resources')],
	};
}
