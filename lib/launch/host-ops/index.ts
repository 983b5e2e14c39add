import type { HostOperation, HostOperations, HostStep } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { setRlimits, writeOomScore } from './attributes.js';
import { chownCgroup, createCgroups, enterCgroups, writeCgroupLimits } from './cgroup.js';
import { restrictDevices } from './devices.js';
import { runHostHook } from './hook.js';
import { writeIdMaps } from './id-maps.js';
import { openMountTree } from './mount-tree.js';
import { openNamespace, openProcess } from './namespaces.js';
import { awaitFork, listenForStart, record, release, spawn } from './process.js';
import { setUnitProperties, startScope } from './scope.js';

type Performer<Operation extends HostOperation> = (
	launch: Launch,
	args: HostOperations[Operation],
) => Promise<void> | void;

const performers: { readonly [Operation in HostOperation]: Performer<Operation> } = {
	create_cgroup: createCgroups,
	write_cgroup: writeCgroupLimits,
	restrict_devices: restrictDevices,
	start_scope: startScope,
	set_unit_properties: setUnitProperties,
	enter_cgroup: enterCgroups,
	chown_cgroup: chownCgroup,
	open_namespace: openNamespace,
	open_process: openProcess,
	open_tree: openMountTree,
	new_mount: async (launch, step) => {
		const { newMount } = await import('./new-mount.js');
		newMount(launch, step);
	},
	map_tree: async (launch, step) => {
		const { mapShownTree } = await import('./shown-tree.js');
		mapShownTree(launch, step);
	},
	listen: listenForStart,
	spawn,
	await_fork: awaitFork,
	write_id_maps: writeIdMaps,
	expect_mounts: async (launch, step) => {
		const { expectMounts } = await import('./host-mounts.js');
		await expectMounts(launch, step);
	},
	make_resctrl_group: async (launch, step) => {
		const { makeResctrlGroup } = await import('./resctrl.js');
		await makeResctrlGroup(launch, step);
	},
	enter_resctrl_group: async (launch, step) => {
		const { enterResctrlGroup } = await import('./resctrl.js');
		enterResctrlGroup(launch, step);
	},
	move_network_device: async (launch, step) => {
		const { moveNetworkDevice } = await import('./network-device.js');
		moveNetworkDevice(launch, step);
	},
	write_oom_score: writeOomScore,
	set_rlimits: setRlimits,
	hook: runHostHook,
	record,
	release,
};

/** Performs one step of the host's half. */
export function performHostStep(launch: Launch, step: HostStep): Promise<void> | void {
	return (performers[step.operation] as Performer<HostOperation>)(launch, step.args);
}
