import { escapePart } from '../../spec/pointer.js';
import { sysctlComponents, sysctlNamespace } from '../../spec/sysctl-name.js';
import type { IdMapping } from '../../spec/types.js';
import { keepsGroups } from '../annotations.js';
import type { Shape } from '../shape.js';
import { barriers, host, init, type Step } from '../step.js';
import { type NamespaceType, namespaceTypes } from '../tables/namespaces.js';

// The cgroup namespace is unshared once the process sits in its cgroup, or its root would be the runtime's own; a
// time namespace takes its offsets before the first process is in it (time_namespaces(7)), from whoever has privileges
// in the user namespace that owns it.
const notByClone: ReadonlySet<NamespaceType> = new Set(['cgroup', 'time']);

/**
 * From nothing to a process in all its namespaces but those of cgroups and clocks, placed by the host.
 *
 * @param placing what the host does for the process, with its barrier
 */
export function* spawnStage(shape: Shape, cgroup: string | null, placing: readonly Step[]): Generator<Step> {
	const flags = [...shape.created]
		.filter((type) => !notByClone.has(type))
		.reduce((bits, type) => bits | namespaceTypes[type].flag, 0n);
	for (const [type, { path, pointer }] of shape.joined) {
		const foreign = settingOf(shape, type);
		yield host('open_namespace', { slot: type, path, type, ...(foreign === undefined ? {} : { foreign }) }, pointer);
	}
	yield host('spawn', { flags: shape.needsFork ? 0n : flags, cgroup });
	if (!shape.needsFork) {
		yield* placing;
		return;
	}
	// Whoever joins a user namespace is undumpable by then, and its files in /proc are out of reach for a user without
	// privileges. A map can be written only when the namespace is there, but this one has been mapped already.
	const early = shape.joined.has('user');
	if (early) yield* placing;
	yield* joinSteps(shape);
	yield init('fork', { flags }, '/linux/namespaces');
	yield host('await_fork', {});
	if (!early) yield* placing;
}

/** Pointer to the first value that is set in the namespace of this type. */
function settingOf({ spec }: Shape, type: NamespaceType): string | undefined {
	// A device would stay where it is, and be renamed there.
	if (type === 'network' && Object.keys(spec.linux?.netDevices ?? {}).length > 0) return '/linux/netDevices';
	const names = Object.keys(spec.linux?.sysctl ?? {});
	const name = names.find((one) => sysctlNamespace(sysctlComponents(one)) === type);
	return name === undefined ? undefined : `/linux/sysctl/${escapePart(name)}`;
}

function* joinSteps(shape: Shape): Generator<Step> {
	const joined = [...shape.joined];
	if (joined.length === 0) return;
	// CVE-2016-9962: what runs in a namespace already could trace us once we are in it. Without privilege, only somebody in
	// a user namespace that is joined could and could not before; and undumpable, we could not have maps written.
	if (shape.facts.euid === 0 || shape.joined.has('user')) yield init('undumpable', {});
	yield init(
		'join_namespaces',
		{
			fds: joined.map(([type]) => type),
			types: joined.map(([type]) => Number(namespaceTypes[type].flag)),
			paths: joined.map(([, { path }]) => path),
		},
		'/linux/namespaces',
	);
}

function* timeSteps(shape: Shape): Generator<Step> {
	if (!shape.created.has('time')) return;
	yield init('unshare', { flags: namespaceTypes.time.flag }, shape.pointerOf('time'));
	const offsets = Object.entries(shape.spec.linux?.timeOffsets ?? {});
	const lines = offsets.map(([clock, offset]) => `${clock} ${offset?.secs ?? 0n} ${offset?.nanosecs ?? 0}\n`);
	if (lines.length > 0) yield init('time_offsets', { text: lines.join('') }, '/linux/timeOffsets');
	yield init('enter_time', {}, shape.pointerOf('time'));
}

/** What the host does for the process that waits at `placed`. */
export function* placeStage(shape: Shape): Generator<Step> {
	const { spec } = shape;
	if (shape.created.has('user')) yield idMapStep(shape);
	const score = spec.process?.oomScoreAdj;
	if (score !== undefined) yield host('write_oom_score', { value: score }, '/process/oomScoreAdj');
	yield host('release', { id: barriers.placed });
}

// user_namespaces(7), "Defining user and group ID mappings": without privileges a map can have the writer's own id and
// nothing else, and that of groups only when the namespace has given up setgroups(2).
function idMapStep({ spec, facts }: Shape): Step {
	const { uidMappings = [], gidMappings = [] } = spec.linux ?? {};
	const privileged = facts.euid === 0;
	const ownGroup = !privileged && isOwnId(gidMappings, facts.egid);
	const helpsUsers = !privileged && !isOwnId(uidMappings, facts.euid);
	const helpsGroups = !privileged && !ownGroup;
	return host(
		'write_id_maps',
		{
			uid: mapLines(uidMappings),
			gid: mapLines(gidMappings),
			setgroups: ownGroup ? 'deny' : 'allow',
			helped: [...(helpsUsers ? (['uid'] as const) : []), ...(helpsGroups ? (['gid'] as const) : [])],
		},
		'/linux/uidMappings',
	);
}

function isOwnId(mappings: readonly IdMapping[], id: number): boolean {
	const [first, ...more] = mappings;
	return more.length === 0 && first?.hostID === id && first.size === 1;
}

/** The text of /proc/PID/uid_map for a list of mappings. */
export function mapLines(mappings: readonly IdMapping[]): string {
	return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('');
}

/** Init's own part, once it is placed: identity in a user namespace, cgroup and time namespaces, names, loopback. */
export function* settleStage(shape: Shape): Generator<Step> {
	const { spec, created } = shape;
	if (shape.inUserNamespace) {
		yield init('become_root', { groups: keepsGroups(spec) ? 0 : 1 }, shape.pointerOf('user'));
	}
	if (created.has('cgroup')) yield init('unshare', { flags: namespaceTypes.cgroup.flag }, shape.pointerOf('cgroup'));
	yield* timeSteps(shape);
	yield init('new_session', {});
	if (shape.options.newKeyring) {
		yield init('keyring', { name: `_ses.${shape.id}`, label: spec.process?.selinuxLabel ?? '' });
	}
	if (created.has('network')) yield init('loopback', {}, shape.pointerOf('network'));
	if (spec.hostname !== undefined) yield init('hostname', { name: spec.hostname }, '/hostname');
	if (spec.domainname !== undefined) yield init('domainname', { name: spec.domainname }, '/domainname');
}
