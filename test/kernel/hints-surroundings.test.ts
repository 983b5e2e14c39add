import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { program } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { hintOf } from '../harness/hinted.js';
import { asUser, ordinaryUser, userBundle, userDirectory, userNamespacesForAll } from '../harness/ordinary-user.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { staticProgram } from '../harness/static-program.js';

const runWords = (state: string, path: string) => [
	...[...program, '--log-format', 'json', '--root', state],
	...['run', '--bundle', path, containerId()],
];

/** The hint that a container fails with when the program is started by these words. */
function hintUnder(
	front: readonly string[],
	edit: (config: Config) => void = () => {},
	change: (rootfs: string) => void = () => {},
): string {
	const { path, rootfs } = bundle(edit);
	change(rootfs);
	const [command = '', ...args] = [...front, ...runWords(scratch('state'), path)];
	return hintOf(spawnSync(command, args, { encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' }));
}

const compiler: Requirement = {
	what: 'a compiler for static programs',
	met: () => staticProgram('without') !== undefined,
};
const without = (call: number, errno?: number) => [
	staticProgram('without') ?? '',
	errno === undefined ? `${call}` : `${call}:${errno}`,
];
const bind = (options: readonly string[]) => (config: Config) =>
	void config.mounts.push({ destination: '/tmp', type: 'bind', source: '/etc', options: [...options] });

const x64: Requirement = { what: 'x86_64', met: () => process.arch === 'x64' };
const keyctl = 250;
const mountSetattr = 442;
const pivotRoot = 155;
const seccomp = 317;
const sethostname = 170;
const operationNotPermitted = 1;
const invalidArgument = 22;

describeWith([root, busybox, compiler, x64], 'the hint under a seccomp profile of somebody else', () => {
	test.each<[string, string, readonly string[], ((config: Config) => void)?]>([
		[
			'that hides mount_setattr(2)',
			'Mapped ids and options for a whole tree',
			without(mountSetattr),
			bind(['rbind', 'rro']),
		],
		['that forbids keyctl(2)', 'The session keyring cannot be made', without(keyctl, operationNotPermitted)],
		[
			'that forbids pivot_root(2)',
			'A seccomp profile around this program forbids pivot_root(2)',
			without(pivotRoot, operationNotPermitted),
		],
		[
			'that hides another call',
			'The kernel is too old for this, or a seccomp profile around this program hides the call',
			without(sethostname),
		],
		// What no kernel of today and no ordinary machine says is said by a filter in its place.
		[
			'that refuses filters as a kernel without an action of theirs does',
			'This kernel lacks a flag or an action of linux.seccomp',
			without(seccomp, invalidArgument),
			(config) => {
				config.linux['seccomp'] = { defaultAction: 'SCMP_ACT_ALLOW' };
			},
		],
		[
			'that refuses pivot_root(2) as the initial ramdisk does',
			'The root cannot be changed by pivot_root from the initial ramdisk',
			without(pivotRoot, invalidArgument),
		],
	])('%s', (_, phrase, front, edit = () => {}) => {
		expect(hintUnder(front, edit)).toContain(phrase);
	});
});

const lacking = (name: string) => ['setpriv', '--inh-caps', `-${name}`, '--bounding-set', `-${name}`];
const mapped =
	(...map: readonly object[]) =>
	(config: Config) => {
		config.linux.namespaces.push({ type: 'user' });
		Object.assign(config.linux, { uidMappings: map, gidMappings: map });
	};

describeWith([root, busybox], 'the hint that root of a container gets', () => {
	test.each<[string, string, readonly string[], ((config: Config) => void)?]>([
		[
			'without CAP_SETUID, for a map',
			'Root needs CAP_SETUID and CAP_SETGID to map the ids of others',
			lacking('setuid'),
			mapped({ containerID: 0, hostID: 100_000, size: 65_536 }),
		],
		[
			'without CAP_SETFCAP, for a map of its own id',
			'and CAP_SETFCAP for its own (Linux 5.12)',
			lacking('setfcap'),
			mapped({ containerID: 0, hostID: 0, size: 1 }),
		],
		['without CAP_NET_ADMIN', 'Bringing up the loopback of a new network takes CAP_NET_ADMIN', lacking('net_admin')],
		[
			'without CAP_SYS_NICE, for a deadline',
			'SCHED_DEADLINE takes CAP_SYS_NICE and every CPU',
			lacking('sys_nice'),
			(config) => {
				const [runtime, deadline, period] = [10_000_000, 30_000_000, 30_000_000];
				config.process['scheduler'] = { policy: 'SCHED_DEADLINE', runtime, deadline, period };
			},
		],
	])('%s', (_, phrase, front, edit = () => {}) => {
		expect(hintUnder(front, edit)).toContain(phrase);
	});
});

/** Words of a shell that make a copy of the machine's tree at a folder, which is no mount point, and enter it by chroot(2). */
function chrooted(folder: string): string {
	const place = '$name; elif [ -d /$name ]; then mkdir "$to/$name"; mount --rbind "/$name" "$to/$name"; fi; done';
	return `to=${folder}; for name in $(ls /); do if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" $to/${place}; exec chroot "$to" "$@"`;
}

describeWith([root, busybox], 'the hint', () => {
	test('below a chroot(2)', () => {
		const front = ['unshare', '--mount', 'sh', '-ec', chrooted(scratch('chroot')), 'sh'];
		expect(hintUnder(front)).toContain('The root that this program sees is no mount point, as below a chroot(2)');
	});

	test('where there are as many namespaces as there may be', () => {
		const limit = 'echo 1 >/proc/sys/user/max_uts_namespaces; exec unshare --uts "$@"';
		const front = ['unshare', '--user', '--map-root-user', 'sh', '-c', limit, 'sh'];
		expect(hintUnder(front)).toContain('The limit of namespaces is reached');
	});

	test('where too few files may be open, at every such limit that lets the program itself begin', () => {
		const hints = Array.from({ length: 8 }, (_, more) => hintUnder(['prlimit', `--nofile=${7 + more}`]));
		expect(new Set(hints)).toEqual(new Set([expect.stringContaining('The limit of open files is reached')]));
	});

	test.each([
		['mount', (config: Config) => void config.mounts.push({ destination: '/loop', type: 'tmpfs', source: 'tmpfs' })],
		['masked path', (config: Config) => void Object.assign(config.linux, { maskedPaths: ['/loop'] })],
	])('for a %s where the image has a link to itself', (_, edit) => {
		const loop = (rootfs: string) => symlinkSync('/loop', join(rootfs, 'loop'));
		expect(hintUnder([], edit, loop)).toContain('A symbolic link in the image stands where a plain directory');
	});

	test('for a script whose interpreter is a script without one', () => {
		const change = (rootfs: string) => {
			writeFileSync(join(rootfs, 'tool'), '#!/other\n', { mode: 0o755 });
			writeFileSync(join(rootfs, 'other'), '#!/nothere\n', { mode: 0o755 });
		};
		expect(
			hintUnder(
				[],
				(config) => {
					config.process.args = ['/tool'];
				},
				change,
			),
		).toContain('The file itself was found: what is missing is its interpreter');
	});

	test('for an object file, which is an ELF file of this machine and no program', () => {
		const header = Buffer.alloc(64);
		header.write('\x7fELF\x02\x01\x01', 'latin1');
		// ET_REL, and the machine of our own program.
		header.writeUInt16LE(1, 16);
		header.writeUInt16LE(process.arch === 'arm64' ? 183 : 62, 18);
		const change = (rootfs: string) => writeFileSync(join(rootfs, 'tool'), header, { mode: 0o755 });
		expect(
			hintUnder(
				[],
				(config) => {
					config.process.args = ['/tool'];
				},
				change,
			),
		).toContain('The file is a program of another architecture, or a script without');
	});

	test('for maps that are longer than the kernel reads', () => {
		const map = Array.from({ length: 300 }, (_, n) => ({
			containerID: 100_000 + n,
			hostID: 1_000_000 + n * 2,
			size: 1,
		}));
		expect(hintUnder([], mapped({ containerID: 0, hostID: 500_000, size: 1 }, ...map))).toContain(
			'A map has to be shorter than a page of memory',
		);
	});

	test('for the user namespace that one is in already', () => {
		const own = { type: 'user', path: '/proc/self/ns/user' };
		expect(hintUnder([], (config) => void config.linux.namespaces.push(own))).toContain(
			'a user namespace that this program is in already never can',
		);
	});
});

describeWith([root, busybox, userNamespacesForAll], 'the hint for a user namespace that is joined, and maps', () => {
	test.each<[string, string, string, (config: Config) => void]>([
		['no root', '1000 100000 1\n', 'The user namespace has no root', () => {}],
		[
			'not the group that /dev/pts is to have',
			'0 100000 1\n',
			'An option may name an id that the user namespace does not map',
			() => {},
		],
		[
			'not the user',
			'0 100000 6\n',
			'A user or group id of the process is not in the mappings',
			(config) => {
				config.process.user.uid = 1000;
			},
		],
	])('%s', async (_, map, phrase, edit) => {
		const holder: ChildProcess = spawn('unshare', ['--user', 'sh', '-c', 'echo ready; exec sleep 600'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		try {
			await once(holder.stdout ?? holder, 'data');
			for (const kind of ['uid', 'gid']) writeFileSync(`/proc/${holder.pid}/${kind}_map`, map);
			const joined = { type: 'user', path: `/proc/${holder.pid}/ns/user` };
			const hint = hintUnder([], (config) => {
				config.linux.namespaces.push(joined);
				edit(config);
			});
			expect(hint).toContain(phrase);
		} finally {
			const ended = once(holder, 'exit');
			holder.kill('SIGKILL');
			await ended;
		}
	});
});

describeWith(ordinaryUser, 'the hint that an ordinary user gets below a chroot(2)', () => {
	test('names what may keep user namespaces from being made', () => {
		const path = userBundle(['true']);
		const words = runWords(`${userDirectory('state')}/root`, path);
		expect(hintOf(asUser(words, { setUp: chrooted(scratch('chroot')) }))).toContain(
			'Users without privileges may be kept from making user namespaces',
		);
	});
});
