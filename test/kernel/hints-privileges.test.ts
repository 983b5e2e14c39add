import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { program } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { hintOf, without } from '../harness/hinted.js';
import { inUserNamespace } from '../harness/namespaces.js';
import {
	type AsUser,
	asUser,
	lentLine,
	mapPrograms,
	readableCheckout,
	userBundle,
	userDirectory,
	userId,
	userNamespacesForAll,
} from '../harness/ordinary-user.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const runWords = (state: string, path: string) => [
	...program,
	'--log-format',
	'json',
	'--root',
	state,
	'run',
	'--bundle',
	path,
	containerId(),
];

/** The hint that the user gets for a container with this config. */
function userHint(
	edit: (config: Config) => void,
	options: AsUser & { readonly front?: readonly string[] } = {},
): string {
	const { front = [], ...rest } = options;
	const path = userBundle(['true'], edit);
	return hintOf(asUser([...front, ...runWords(`${userDirectory('state')}/root`, path)], rest));
}

/** The hint that root gets, started by these words. */
function rootHint(
	front: readonly string[],
	edit: (config: Config) => void = () => {},
	state = scratch('state'),
): string {
	const { path } = bundle(edit);
	const [command = '', ...args] = [...front, ...runWords(state, path)];
	return hintOf(spawnSync(command, args, { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' }));
}

const withoutCapability = (...names: readonly string[]) => {
	const list = names.map((name) => `-${name}`).join(',');
	return ['setpriv', '--inh-caps', list, '--bounding-set', list];
};
const inMountNamespace = (setting: string) => ['unshare', '--mount', 'sh', '-c', `set -e; ${setting}; exec "$@"`, 'sh'];
const noUserNamespace = (config: Config) => {
	without(config, 'user');
	delete config.linux['uidMappings'];
	delete config.linux['gidMappings'];
};
const joining = (path: string) => (config: Config) => {
	config.linux.namespaces = [{ type: 'uts', path }];
	config.mounts = [];
	config.root.readonly = false;
	for (const name of ['maskedPaths', 'readonlyPaths', 'resources']) delete config.linux[name];
	delete config.hostname;
};
const own = (id: number) => ({ containerID: 0, hostID: id, size: 1 });
const mapped =
	(...map: readonly object[]) =>
	(config: Config) =>
		void Object.assign(config.linux, { uidMappings: map, gidMappings: map });

describeWith([root, busybox, userNamespacesForAll, readableCheckout], 'the hint that an ordinary user gets', () => {
	test.each<[string, string, (config: Config) => void, (AsUser & { readonly front?: readonly string[] })?]>([
		[
			'without a user namespace: not root',
			'A user without privileges needs a user namespace for all the others',
			noUserNamespace,
		],
		[
			'in a user namespace around, for ids that it has not',
			'Without privileges only the own id can be mapped, and in a user namespace only ids that /proc/self/uid_map has',
			mapped(own(5000)),
			{ front: ['unshare', '--user', '--map-root-user'] },
		],
		[
			'where the machine allows no network namespaces',
			'user.max_net_namespaces is 0; set a higher limit',
			(config) => {
				noUserNamespace(config);
				config.linux.namespaces.push({ type: 'network' });
			},
			{ front: inUserNamespace('echo 0 >/proc/sys/user/max_net_namespaces') },
		],
		[
			'with additional groups',
			'Additional groups cannot be set in a user namespace that a user without privileges made',
			(config) => {
				config.process.user.additionalGids = [0];
			},
		],
		[
			'with a mount that loses what its source is locked with',
			'Flags that the source is mounted with (ro, nosuid, nodev, noexec, atime) are locked',
			(config) => {
				config.root.readonly = false;
				config.mounts.push({ destination: '/tmp', type: 'bind', source: '/mnt', options: ['bind', 'suid'] });
			},
			{ setUp: 'mount -t tmpfs -o ro,nosuid tmpfs /mnt' },
		],
		[
			'with mapped ids of a mount',
			'Mapping the ids of a mount takes CAP_SYS_ADMIN where its file system was mounted',
			(config) => {
				const mappings = [own(userId)];
				config.mounts.push({
					destination: '/tmp',
					type: 'bind',
					source: '/mnt',
					options: ['bind', 'idmap'],
					uidMappings: mappings,
					gidMappings: mappings,
				});
			},
		],
		[
			'with a limit, and no cgroup to set it in',
			'Have systemd delegate a cgroup',
			(config) => {
				config.linux['resources'] = { hugepageLimits: [{ pageSize: '2MB', limit: 0 }] };
			},
		],
	])('%s', (_, phrase, edit, options = {}) => {
		expect(userHint(edit, options)).toContain(phrase);
	});

	test('whose state root belongs to somebody else', () => {
		const path = userBundle(['true']);
		expect(hintOf(asUser(runWords(scratch('foreign'), path)))).toContain('Give a directory of your own with --root');
	});

	test('where newuidmap is not installed', () => {
		const map = mapped(own(userId), { containerID: 1, hostID: 700_000, size: 1000 });
		const hidden = ['/usr/bin', '/bin', '/usr/local/bin'].map((folder) => `${folder}/newuidmap`);
		const setUp = hidden.map((file) => `if [ -e ${file} ]; then mount --bind /dev/null ${file}; fi`).join('; ');
		expect(userHint(map, { lent: lentLine, setUp })).toContain('the package is uidmap on Debian');
	});
});

describeWith(
	[root, busybox, userNamespacesForAll, readableCheckout, mapPrograms],
	'the hint of an ordinary user whose ids are not lent',
	() => {
		test('names the line of /etc/subuid', () => {
			const map = mapped(own(userId), { containerID: 1, hostID: 700_000, size: 1000 });
			expect(userHint(map)).toContain('add the line tsrun-test:700000:1000');
		});

		test('names no_new_privs', () => {
			const map = mapped(own(userId), { containerID: 1, hostID: 700_000, size: 1000 });
			expect(userHint(map, { lent: lentLine, setpriv: ['--no-new-privs'] })).toContain(
				'This program runs with no_new_privs',
			);
		});
	},
);

describeWith([root, busybox], 'the hint that root gets', () => {
	test.each<[string, string, readonly string[], ((config: Config) => void)?]>([
		['without CAP_SYS_ADMIN', 'Making namespaces takes CAP_SYS_ADMIN', withoutCapability('sys_admin')],
		[
			'without CAP_MKNOD, for a device that the host has not',
			'Making a device file needs CAP_MKNOD',
			withoutCapability('mknod'),
			(config) => {
				config.linux['devices'] = [{ path: '/dev/odd', type: 'c', major: 199, minor: 7 }];
			},
		],
		[
			'without CAP_SETPCAP',
			'A set asks for a capability that this program does not have itself',
			withoutCapability('setpcap'),
		],
		[
			'without CAP_SYS_ADMIN, for a filter of a process that may gain privileges',
			'Loading a filter needs process.noNewPrivileges',
			withoutCapability('sys_admin'),
			(config) => {
				config.linux.namespaces = [];
				config.mounts = [];
				config.root.readonly = false;
				for (const name of ['maskedPaths', 'readonlyPaths', 'resources']) delete config.linux[name];
				delete config.hostname;
				config.process['noNewPrivileges'] = false;
				config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW' };
			},
		],
		[
			'without CAP_SYS_ADMIN, for a namespace of a process that has it',
			'The namespaces of a process that has more privileges, or is of another user, are not for us to open',
			withoutCapability('sys_admin'),
			joining('/proc/1/ns/uts'),
		],
	])('%s', (_, phrase, front, edit = () => {}) => {
		expect(rootHint(front, edit)).toContain(phrase);
	});

	test('without CAP_SYS_ADMIN, for a namespace of somebody else', () => {
		const file = join(scratch('namespace'), 'uts');
		const front = [
			...inMountNamespace(`touch ${file}; mount --bind /proc/self/ns/uts ${file}`),
			...withoutCapability('sys_admin'),
		];
		expect(rootHint(front, joining(file))).toContain(
			'Joining a namespace needs CAP_SYS_ADMIN in the user namespace that owns it',
		);
	});

	test('when the file system of the state root is full', () => {
		const state = scratch('full');
		const fill = `mount -t tmpfs -o size=4k,mode=700 tmpfs ${state}; head -c 4096 /dev/zero >${state}/.full`;
		expect(rootHint(inMountNamespace(fill), () => {}, state)).toContain(
			'The file system is full, in blocks or in inodes',
		);
	});

	test('when there is no bundle', () => {
		const words = runWords(scratch('state'), scratch('nothing'));
		const [command = '', ...args] = words;
		expect(hintOf(spawnSync(command, args, { encoding: 'utf8' }))).toContain(
			'A bundle is a directory with a config.json',
		);
	});
});
