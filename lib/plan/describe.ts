import { type DevicePolicy, ruleText } from './resources/device-policy.js';
import type { CgroupWrite } from './resources/limit.js';
import type { HostOperations, HostStep, InitStep, Step } from './step.js';
import { barriers } from './step.js';
import { infinity, type UnitProperty } from './systemd/unit-property.js';
import { capabilityNames } from './tables/capabilities.js';
import { namespaceTypes } from './tables/namespaces.js';
import { identityFlags } from './tables/operation-flags.js';
import type { InitArguments, InitOperation } from './tables/operations.js';
import { rlimitNumbers } from './tables/rlimits.js';
import { schedulerPolicyName } from './tables/scheduling.js';

type InitWords = { [Operation in InitOperation]: (args: InitArguments<Operation>) => string };
type HostWords = { [Operation in keyof HostOperations]: (args: HostOperations[Operation]) => string };

/** What a step does, in a few words that read well after "cannot" and in a printed plan. */
export function describeStep(step: Step): string {
	return step.actor === 'init' ? describeInit(step) : describeHost(step);
}

function describeInit(step: InitStep): string {
	return (initWords[step.operation] as (args: unknown) => string)(step.args);
}

function describeHost(step: HostStep): string {
	return (hostWords[step.operation] as (args: unknown) => string)(step.args);
}

const namespaceNames = (flags: bigint): string[] =>
	Object.entries(namespaceTypes)
		.filter(([, { flag }]) => (flags & flag) !== 0n)
		.map(([name]) => name);

const namespaceList = (flags: bigint): string => {
	const names = namespaceNames(flags);
	return `${names.join(', ')} namespace${names.length === 1 ? '' : 's'}`;
};

const inNewNamespaces = (flags: bigint): string => {
	if (flags === 0n) return '';
	return ` in ${namespaceNames(flags).length === 1 ? 'a new' : 'new'} ${namespaceList(flags)}`;
};

const barrierName = (id: number): string =>
	Object.entries(barriers).find(([, number]) => number === id)?.[0] ?? String(id);

const rlimitName = (resource: number): string =>
	Object.entries(rlimitNumbers).find(([, number]) => number === resource)?.[0] ?? `resource limit ${resource}`;

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const capabilityList = (bits: bigint): string =>
	capabilityNames
		.filter((_, number) => (bits & (1n << BigInt(number))) !== 0n)
		.map((name) => name.slice('CAP_'.length).toLowerCase())
		.join(' ') || 'none';

function groupWords(groups: readonly number[], kept: boolean): string {
	if (kept) return ' with the groups of the caller';
	return groups.length > 0 ? ` (${groups.join(' ')})` : '';
}

// The file is named once for a run of values that go there.
function writeWords({ file, value }: CgroupWrite, index: number, writes: readonly CgroupWrite[]): string {
	const text = JSON.stringify(value);
	return writes[index + 1]?.file === file ? text : `${text} to ${file}`;
}

function propertyWords({ name, value }: UnitProperty): string {
	if (value === infinity) return `${name}=infinity`;
	const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
	return `${name}=${typeof value === 'bigint' ? String(value) : text}`;
}

function policyWords({ allow, rules }: DevicePolicy): string {
	const words = (allowed: boolean) => (allowed ? 'allow' : 'deny');
	return [`${words(allow)} all`, ...rules.map((rule) => `${words(rule.allow)} ${ruleText(rule)}`)].join(', ');
}

const initWords: InitWords = {
	barrier: ({ id }) => `wait at the barrier "${barrierName(id)}"`,
	fork: ({ flags }) => `go on as a child${inNewNamespaces(flags)}`,
	wait_start: () => 'wait for start',
	hook: ({ path, index }) => `run hook #${index} ${path}`,
	join_namespaces: ({ paths }) => `join the namespaces ${paths.join(', ')}`,
	join_process: ({ flags }) => `join the container's ${namespaceList(flags)}`,
	unshare: ({ flags }) => `enter a new ${namespaceList(flags)}`,
	time_offsets: ({ text }) => `set the clock offsets ${text.trim().replaceAll('\n', ', ')}`,
	become_root: () => 'become root of the user namespace',
	hostname: ({ name }) => `set the hostname to ${name}`,
	domainname: ({ name }) => `set the domainname to ${name}`,
	loopback: () => 'bring up the loopback device',
	undumpable: () => 'become undumpable',
	new_session: () => 'start a new session',
	enter_time: () => 'take on the clocks of the time namespace',
	propagation: () => 'set the propagation of the mount tree',
	rootfs: ({ path }) => `bind the root file system ${path}`,
	mount: ({ type, destination }) => `mount ${type} at ${destination}`,
	bind: ({ source, destination }) => `bind ${source} to ${destination}`,
	place_mount: ({ destination }) => `mount the new file system at ${destination}`,
	mqueue_label: ({ destination, label }) => `label the mqueue at ${destination} ${label}`,
	remount: ({ destination }) => `change the mount at ${destination}`,
	device: ({ path, type, major, minor }) => `make the device ${path} (${String.fromCharCode(type)} ${major}:${minor})`,
	device_bind: ({ path }) => `bind the device ${path}`,
	symlink: ({ target, path }) => `link ${path} to ${target}`,
	ptmx: () => 'link /dev/ptmx to pts/ptmx',
	console: () => 'set up the terminal',
	mask_label: ({ label }) => `label masked directories ${label}`,
	mask: ({ path }) => `mask ${path}`,
	show_tree: ({ source }) => `open the mount of ${source} for the host`,
	readonly: ({ path }) => `make ${path} read-only`,
	sysctl: ({ path, value }) => `set sysctl ${path} to ${JSON.stringify(value)}`,
	make_directory: ({ path }) => `make the directory ${path}`,
	change_root: ({ method }) => `change the root (${['pivot_root', 'MS_MOVE', 'chroot'][method] ?? method})`,
	root_propagation: () => 'set the propagation of the root',
	readonly_root: () => 'make the root file system read-only',
	keyring: ({ name }) => `join a session keyring ${name}`,
	personality: () => 'set the personality',
	umask: ({ mode }) => `set the umask to ${octal(mode)}`,
	no_new_privileges: () => 'set no_new_privs',
	drop_bounding: ({ keep }) => `limit the bounding set to ${capabilityList(keep)}`,
	identity: ({ uid, gid, groups, flags }) =>
		`become ${uid}:${gid}${groupWords(groups, (flags & identityFlags.leaveGroups) !== 0)}`,
	capabilities: ({ effective }) => `set the capabilities to ${capabilityList(effective)}`,
	chdir: ({ path, attempt }) => `chdir to ${attempt === 0 ? '' : 'cwd '}${path}`,
	scheduler: ({ policy }) => `set the scheduler to ${schedulerPolicyName(policy)}`,
	io_priority: () => 'set the I/O priority',
	memory_policy: () => 'set the memory policy',
	affinity: ({ cpus }) => (cpus.length === 0 ? 'allow every CPU of the cpuset' : 'set the CPU affinity'),
	label: ({ file, value }) => `set ${file} to ${value}`,
	seccomp: () => 'load the seccomp filter',
	home: ({ uid }) => `find HOME of uid ${uid}`,
	find_program: ({ name }) => `find the program ${name}`,
	close_descriptors: ({ keep }) => `close all descriptors above ${2 + keep}`,
	exec: ({ args }) => `exec ${args.join(' ')}`,
	resource_limits: ({ resources }) => `set ${resources.map(rlimitName).join(', ')}`,
};

const hostWords: HostWords = {
	create_cgroup: ({ directories }) => `create the cgroup ${directories.join(', ')}`,
	write_cgroup: ({ writes }) => `write ${writes.map(writeWords).join(', ')}`,
	restrict_devices: ({ directory, policy }) => `restrict the devices of ${directory}: ${policyWords(policy)}`,
	start_scope: ({ unit, manager, properties }) =>
		`have systemd of the ${manager} start the unit ${unit} with ${properties.map(propertyWords).join(', ')}`,
	set_unit_properties: ({ unit, properties }) =>
		`tell systemd of the limits of the unit ${unit}: ${properties.map(propertyWords).join(', ')}`,
	enter_cgroup: () => 'put init in its cgroup',
	chown_cgroup: ({ directory, uid }) => `give the cgroup ${directory} to the user ${uid}`,
	make_resctrl_group: ({ directory, monitor, lines }) =>
		`have the resctrl group ${directory}${lines.length === 0 ? '' : ` with ${lines.join(', ')}`}${monitor === null ? '' : ', and monitor it'}`,
	enter_resctrl_group: ({ directories }) => `put init in the resctrl group ${directories.join(', ')}`,
	open_namespace: ({ path, type }) => `open the ${type} namespace ${path}`,
	open_process: ({ pid }) => `open the process ${pid}`,
	open_tree: ({ source, idmap }) => `open the mount of ${source}${idmap === null ? '' : ' with its ids mapped'}`,
	new_mount: ({ type }) => `make a new ${type} with its ids mapped`,
	map_tree: ({ source }) => `map the ids of the mount of ${source}`,
	expect_mounts: ({ rootfs }) => `remember that ${rootfs} gets mounts on the host`,
	listen: () => 'make the socket that start will use',
	spawn: ({ flags }) => `start init${inNewNamespaces(flags)}`,
	await_fork: () => 'wait for the process that becomes init',
	write_id_maps: ({ helped }) =>
		`write the id maps of the user namespace${helped.length === 0 ? '' : ` by ${helped.map((kind) => `new${kind}map`).join(' and ')}`}`,
	move_network_device: ({ name, as }) => `move the network device ${name}${as === name ? '' : `, to be called ${as}`}`,
	write_oom_score: ({ value }) => `set oom_score_adj to ${value}`,
	set_rlimits: ({ limits }) => `set ${limits.map(({ name }) => name).join(', ')}`,
	hook: ({ kind, index, path }) => `run ${kind} hook #${index} ${path}`,
	record: () => 'write the record of the container',
	release: ({ id }) => `let init go on from the barrier "${barrierName(id)}"`,
};
