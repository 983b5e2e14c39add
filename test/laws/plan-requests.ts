import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { HostFacts } from '../../lib/host/index.js';
import type { ExecRequest } from '../../lib/plan/compile-exec.js';
import type { CreateRequest } from '../../lib/plan/shape.js';
import type { NamespaceType, Spec } from '../../lib/spec/index.js';
import { parseSpec } from '../harness/parse-spec.js';

const hosts = join(import.meta.dirname, '../../spec-fixtures/hosts');

/** The shared hosts of the golden fixtures, with all that a config may ask of one. */
const anyFacts: fc.Arbitrary<HostFacts> = fc
	.constantFrom(...readdirSync(hosts))
	.map((file) => JSON.parse(readFileSync(join(hosts, file), 'utf8')) as HostFacts)
	.map((facts) => ({ ...facts, lsm: { apparmor: true, selinux: true } }));

const types = ['mount', 'pid', 'network', 'uts', 'ipc', 'user', 'cgroup', 'time'] as const;

type Kinds = ReadonlyMap<NamespaceType, string | undefined>;

/** Namespaces in any order, each new (undefined) or joined by a path. */
const anyKinds: fc.Arbitrary<Kinds> = fc
	.shuffledSubarray([...types])
	.chain((chosen) =>
		fc
			.array(fc.boolean(), { minLength: chosen.length, maxLength: chosen.length })
			.map((joins) => new Map(chosen.map((type, index) => [type, joins[index] ? `/proc/7/ns/${type}` : undefined]))),
	);

const options = ['ro', 'nosuid', 'rro', 'noatime', 'rslave', 'shared', 'size=1k', 'nosymfollow', 'sync'];

const anyMount = fc.oneof(
	fc.record({
		destination: fc.constantFrom('/a', '/b/c', '/dev', '/run', 'relative'),
		type: fc.constantFrom('tmpfs', 'bind', 'overlay', 'devpts'),
		source: fc.constantFrom('/srv/a', 'inside', 'rootfs/a', 'none'),
		options: fc.shuffledSubarray([...options, 'bind', 'rbind', 'tmpcopyup', 'remount']),
	}),
	fc.record({
		destination: fc.constantFrom('/mapped', '/b/c'),
		type: fc.constant('bind'),
		source: fc.constantFrom('/srv/a', 'rootfs/a'),
		options: fc.shuffledSubarray([...options, 'idmap', 'ridmap', 'rbind']),
		uidMappings: fc.constant([{ containerID: 0, hostID: 100_000, size: 65_536 }]),
		gidMappings: fc.constant([{ containerID: 0, hostID: 100_000, size: 65_536 }]),
	}),
	fc.record({
		destination: fc.constantFrom('/sys/fs/cgroup', '/cg'),
		type: fc.constantFrom('cgroup', 'cgroup2'),
		options: fc.shuffledSubarray(options),
	}),
	fc.record({ destination: fc.constant('/proc'), type: fc.constant('proc'), options: fc.shuffledSubarray(options) }),
);

const anyHook = fc.record(
	{
		path: fc.constantFrom('/h/a', '/h/b'),
		args: fc.array(fc.string({ unit: 'grapheme-ascii' }), { maxLength: 3 }),
		env: fc.constant(['A=b']),
		timeout: fc.integer({ min: 1, max: 0x7fffffff }),
	},
	{ requiredKeys: ['path'] },
);

const anyHooks = fc.record(
	Object.fromEntries(
		['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'].map((kind) => [
			kind,
			fc.array(anyHook, { maxLength: 2 }),
		]),
	),
	{ requiredKeys: [] },
);

const capabilitySet = fc.subarray(['CAP_KILL', 'CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_FLY', 'CAP_BPF']);
const cpuList = fc.constantFrom('', '0', '1-3,65');

const anyProcess = fc.record(
	{
		cwd: fc.constantFrom('/', '/srv/app'),
		args: fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), { minLength: 1, maxLength: 3 }),
		env: fc.shuffledSubarray(['A=1', 'A=2', 'PATH=/bin', 'HOME=/h', 'HOME=']),
		user: fc.record({ uid: fc.nat(1000), gid: fc.nat(1000), additionalGids: fc.array(fc.nat(1000), { maxLength: 2 }) }),
		terminal: fc.boolean(),
		noNewPrivileges: fc.boolean(),
		oomScoreAdj: fc.integer({ min: -1000, max: 1000 }),
		apparmorProfile: fc.constant('profile'),
		selinuxLabel: fc.constant('a:b:c'),
		rlimits: fc.constantFrom([], [{ type: 'RLIMIT_NOFILE', soft: 10, hard: 20 }]),
		capabilities: fc.record(
			{ bounding: capabilitySet, effective: capabilitySet, permitted: capabilitySet, ambient: capabilitySet },
			{ requiredKeys: [] },
		),
		scheduler: fc.constant({ policy: 'SCHED_FIFO', priority: 3 }),
		ioPriority: fc.constant({ class: 'IOPRIO_CLASS_BE', priority: 4 }),
		execCPUAffinity: fc.record({ initial: cpuList, final: cpuList }),
	},
	{ requiredKeys: ['cwd', 'args'] },
);

const profile = {
	defaultAction: 'SCMP_ACT_ALLOW',
	syscalls: [{ names: ['mkdir'], action: 'SCMP_ACT_ERRNO', args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] }],
};

const propagations = ['private', 'shared', 'slave', 'unbindable', 'rslave', 'rshared'];

/** What a config may have only together with certain namespaces is left out where it has to be. */
function anyLinux(kinds: Kinds): fc.Arbitrary<object> {
	const isNew = (type: NamespaceType): boolean => kinds.has(type) && kinds.get(type) === undefined;
	const mapping = [{ containerID: 0, hostID: 100000, size: 65536 }];
	const required = isNew('user') ? { uidMappings: mapping, gidMappings: mapping } : {};
	const paths = fc.subarray(['/proc/kcore', '/proc/sys', '/sys/firmware']);
	return fc
		.record(
			{
				cgroupsPath: fc.constantFrom('/pod/box', 'pod/box'),
				seccomp: fc.constant(profile),
				personality: fc.constant({ domain: 'LINUX32' }),
				memoryPolicy: fc.constant({ mode: 'MPOL_BIND', nodes: '0-1' }),
				...(isNew('time') ? { timeOffsets: fc.constant({ monotonic: { secs: -1 } }) } : {}),
				...(kinds.has('network') ? { sysctl: fc.constant({ 'net.ipv4.ip_forward': '1' }) } : {}),
				...(kinds.has('mount')
					? {
							maskedPaths: paths,
							readonlyPaths: paths,
							rootfsPropagation: fc.constantFrom(...propagations),
							devices: fc.constantFrom([], [{ type: 'c', path: '/dev/fuse', major: 10, minor: 229 }]),
						}
					: {}),
			},
			{ requiredKeys: [] },
		)
		.map((linux) => ({
			...linux,
			...required,
			namespaces: [...kinds].map(([type, path]) => (path === undefined ? { type } : { type, path })),
		}));
}

/** A config.json as an object, valid by the runtime-spec. */
function anyConfig(kinds: Kinds, process: fc.Arbitrary<object | undefined>): fc.Arbitrary<object> {
	const ownMounts = kinds.has('mount');
	return fc.record(
		{
			ociVersion: fc.constant('1.3.0'),
			root: fc.record({ path: fc.constantFrom('rootfs', '/srv/root'), readonly: fc.boolean() }).map((root) => ({
				...root,
				readonly: root.readonly && ownMounts,
			})),
			linux: anyLinux(kinds),
			process,
			...(kinds.has('uts') ? { hostname: fc.constant('web') } : {}),
			...(ownMounts ? { mounts: fc.array(anyMount, { maxLength: 5 }) } : {}),
			hooks: anyHooks,
			annotations: fc.constant({ 'org.example.a': 'b' }),
		},
		{ requiredKeys: ['ociVersion', 'root', 'linux', 'process'] },
	);
}

function specOf(config: object): Spec {
	return parseSpec(JSON.stringify(config), 'config.json').spec;
}

/** A request together with the object that config.json is, to follow pointers into. */
export interface Asked<Request> {
	readonly config: object;
	readonly request: Request;
}

/** Every `create` that a valid config can ask for, on any of the hosts. */
export const anyCreate: fc.Arbitrary<Asked<CreateRequest>> = anyKinds.chain((kinds) =>
	fc
		.record({
			config: anyConfig(kinds, fc.option(anyProcess, { nil: undefined, freq: 9 })),
			facts: anyFacts,
			pivot: fc.boolean(),
			newKeyring: fc.boolean(),
			preserved: fc.nat(3),
			listening: fc.nat(1),
			cgroupManager: fc.constantFrom('cgroupfs' as const, 'disabled' as const),
		})
		.map(({ config, facts, pivot, newKeyring, preserved, listening, cgroupManager }) => {
			const spec = specOf(config);
			const isPrivate = spec.linux?.rootfsPropagation === 'private';
			return {
				config,
				request: {
					id: 'box',
					bundle: '/bundle',
					spec,
					facts,
					options: {
						pivot: pivot || isPrivate,
						newKeyring,
						preservedDescriptors: preserved + listening,
						listenDescriptors: listening,
						cgroupManager,
						rootless: facts.euid !== 0,
					},
				},
			};
		}),
);

/** Every `exec` into a container of such a config, of a process of its own. */
export const anyExec: fc.Arbitrary<Asked<ExecRequest>> = anyKinds.chain((kinds) =>
	fc
		.record({
			config: anyConfig(kinds, anyProcess),
			process: anyProcess,
			facts: anyFacts,
			newKeyring: fc.boolean(),
			preservedDescriptors: fc.nat(3),
			namespaces: fc.subarray([...kinds.keys()]),
			cgroups: fc.constantFrom(
				{ v1: [] },
				{ v1: ['/sys/fs/cgroup/memory/box'] },
				{ v1: ['/sys/fs/cgroup/memory/box'], unified: '/sys/fs/cgroup/unified/box' },
			),
		})
		.map(({ config, process, ...rest }) => {
			const { process: own } = specOf({ ...config, process });
			if (own === undefined) throw new Error('a config with a process has lost it');
			const at = '/process' as const;
			const request = { id: 'box', pid: 4711, startTime: '1', rootfs: '/bundle/rootfs', process: own, at, ...rest };
			return { config: { ...config, process }, request: { ...request, spec: specOf(config) } };
		}),
);
