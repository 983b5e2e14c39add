import { readdirSync, readFileSync } from 'node:fs';
import { cgroupDirectory, gatherFacts, hierarchyOf } from '../../lib/host/index.js';
import { parseProcessCgroup } from '../../lib/os/index.js';
import { readable } from './readable.js';
import type { Requirement } from './requirement.js';

/** Needs a controller of cgroups, be it in a hierarchy of v1 or in the unified one. */
export function controller(name: string): Requirement {
	return { what: `the cgroup controller ${name}`, met: () => hierarchyOf(gatherFacts().cgroup, name) !== undefined };
}

/** Needs a controller that is mounted as v1. */
export function legacyController(name: string): Requirement {
	const met = () => gatherFacts().cgroup.v1.some(({ controllers }) => controllers.includes(name));
	return { what: `the cgroup v1 controller ${name}`, met };
}

/** Needs a controller in the unified hierarchy. */
export function unifiedController(name: string): Requirement {
	const met = () => gatherFacts().cgroup.unified?.controllers.includes(name) ?? false;
	return { what: `the cgroup v2 controller ${name}`, met };
}

/** Needs realtime bandwidth that no other cgroup has been given. */
export const realtimeBandwidth: Requirement = {
	what: 'realtime bandwidth that is still free',
	met: () => {
		const own = legacyController('cpu').met() ? cgroupOf(process.pid, 'cpu') : undefined;
		const runtime = (directory: string) => Number(readable(() => fileValue(directory, 'cpu.rt_runtime_us')) ?? 0);
		if (own === undefined) return false;
		const beside = readdirSync(own, { withFileTypes: true }).filter((entry) => entry.isDirectory());
		return runtime(own) - beside.reduce((sum, { name }) => sum + runtime(`${own}/${name}`), 0) >= 20_000;
	},
};

/** The directory of the cgroup that a process is in, of the hierarchy with this controller; `unified` for that one. */
export function cgroupOf(pid: number, name: string): string {
	const { cgroup } = gatherFacts();
	const hierarchy = name === 'unified' ? cgroup.unified : hierarchyOf(cgroup, name);
	if (hierarchy === undefined) throw new Error(`no hierarchy has ${name}`);
	const memberships = parseProcessCgroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
	const membership = memberships.find(({ hierarchy: number, controllers }) =>
		hierarchy === cgroup.unified ? number === 0 : controllers.includes(name),
	);
	if (membership === undefined) throw new Error(`process ${pid} is in no cgroup of ${name}`);
	return cgroupDirectory(hierarchy, membership.path);
}

/** The text of a file of a cgroup without the newline at its end. */
export function fileValue(directory: string, file: string): string {
	return readFileSync(`${directory}/${file}`, 'utf8').trim();
}
