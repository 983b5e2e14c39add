import { accessSync, constants, existsSync } from 'node:fs';
import { createCgroup, removeCgroup } from '../../cgroup/directory.js';
import { TsrunError } from '../../errors/index.js';
import { type CgroupHierarchy, type CgroupLayout, hierarchyOf } from '../../host/index.js';
import { cgroupDirectories } from '../../plan/cgroup-path.js';
import { answerOf, type Examination } from '../examination.js';
import type { Finding } from '../report.js';

/** v1's name, v2's name, and what it limits. */
const controllers = [
	['cpu', 'cpu', 'linux.resources.cpu'],
	['cpuset', 'cpuset', 'linux.resources.cpu.cpus and mems'],
	['memory', 'memory', 'linux.resources.memory'],
	['pids', 'pids', 'linux.resources.pids'],
	['blkio', 'io', 'linux.resources.blockIO'],
	['hugetlb', 'hugetlb', 'linux.resources.hugepageLimits'],
	['rdma', 'rdma', 'linux.resources.rdma'],
	['freezer', '', 'pause and resume'],
	['devices', '', 'linux.resources.devices'],
] as const;

export async function cgroupFindings({ self: { facts } }: Examination): Promise<Finding[]> {
	const { mode, unified, v1 } = facts.cgroup;
	const layouts = {
		unified: 'cgroup v2',
		hybrid: 'cgroup v1 with the unified hierarchy beside it',
		legacy: 'cgroup v1',
	};
	if (mode === 'none') {
		const remedy = 'Mount it: mount -t cgroup2 cgroup2 /sys/fs/cgroup.';
		const cost = 'limits, pause, statistics, and killing all of a container at once';
		return [{ topic: 'cgroups', subject: 'layout', status: 'missing', found: 'no hierarchy is mounted', cost, remedy }];
	}
	const hierarchies = [
		...(unified === undefined ? [] : [unified]),
		...v1.filter(({ controllers }) => controllers.length > 0),
	];
	const refusals = await Promise.all(hierarchies.map((one) => refusal(facts.cgroup, one)));
	return [
		{
			topic: 'cgroups',
			subject: 'layout',
			status: mode === 'unified' ? 'works' : 'limited',
			found: layouts[mode],
			...(mode === 'unified'
				? {}
				: {
						cost: 'memory.high and other files of v2, pressure of memory and io, limits of containers without root',
						remedy: 'Boot with systemd.unified_cgroup_hierarchy=1 (and cgroup_no_v1=all).',
					}),
		},
		...hierarchies.map((one, index): Finding => writable(one, refusals[index])),
		...controllers.map(([legacy, name, serves]) => controller(facts.cgroup, legacy, name, serves)),
		systemd(),
	];
}

/** Tries to make a cgroup where a container's would be, and removes it. */
async function refusal(layout: CgroupLayout, hierarchy: CgroupHierarchy): Promise<string | undefined> {
	try {
		const directories = cgroupDirectories(layout, `tsrun-doctor-${process.pid}`, undefined);
		const own = hierarchy === layout.unified ? directories.unified : directories.v1[hierarchy.controllers[0] ?? ''];
		if (own === undefined) return undefined;
		for (const made of createCgroup(own).reverse()) await removeCgroup(made);
		return undefined;
	} catch (error) {
		if (error instanceof TsrunError) return answerOf(error);
		throw error;
	}
}

function writable({ mount, controllers }: CgroupHierarchy, answer: string | undefined): Finding {
	const what = controllers.length === 0 ? 'the unified hierarchy' : controllers.join(', ');
	const base = { topic: 'cgroups', subject: `new cgroups in ${mount}` } as const;
	if (answer === undefined) return { ...base, status: 'works', found: 'made one and removed it' };
	return {
		...base,
		status: 'missing',
		found: answer,
		cost: `limits by ${what}; a container without limits goes without`,
		remedy: answer.includes('EROFS')
			? 'Have /sys/fs/cgroup mounted writable in the container around this program.'
			: 'Have systemd delegate a cgroup: systemd-run --user --scope -p Delegate=yes, or for all sessions Delegate= in a drop-in of user@.service.',
	};
}

function controller(layout: CgroupLayout, legacy: string, name: string, serves: string): Finding {
	const base = { topic: 'cgroups', subject: `controller ${name === '' ? legacy : name}` } as const;
	const found = hierarchyOf(layout, legacy) ?? (name === '' ? undefined : hierarchyOf(layout, name));
	if (found !== undefined) return { ...base, status: 'works', found: found.mount };
	// Of v2 every cgroup can be frozen, and devices are restricted by a program.
	if (name === '' && layout.unified !== undefined && (legacy === 'freezer' || layout.v1.length === 0)) {
		const file = legacy === 'freezer' ? 'cgroup.freeze' : 'a BPF program';
		return { ...base, status: 'works', found: `${file} of the unified hierarchy` };
	}
	const elsewhere = name !== '' && layout.unified !== undefined && existsSync(layout.unified.mount);
	return {
		...base,
		status: 'missing',
		found: elsewhere ? 'in no hierarchy, or not handed on to our cgroup' : 'in no hierarchy',
		cost: `${serves} is an error`,
		remedy: `Build the kernel with it and do not turn it off (cgroup_disable=); of v2 it has to be in cgroup.subtree_control of every cgroup above.`,
	};
}

function systemd(): Finding {
	const sockets = ['/run/systemd/private', '/run/dbus/system_bus_socket'];
	const reachable = sockets.find((path) => isWritable(path));
	const base = { topic: 'cgroups', subject: 'systemd' } as const;
	if (reachable !== undefined && existsSync('/run/systemd/system')) {
		return { ...base, status: 'works', found: `listens at ${reachable}` };
	}
	return {
		...base,
		status: 'missing',
		found: existsSync('/run/systemd/system')
			? 'runs, and its bus cannot be reached'
			: 'this machine was not booted with it',
		cost: '--systemd-cgroup',
		remedy: 'Use cgroupfs, the default.',
	};
}

function isWritable(path: string): boolean {
	try {
		accessSync(path, constants.W_OK);
		return true;
	} catch {
		return false;
	}
}
