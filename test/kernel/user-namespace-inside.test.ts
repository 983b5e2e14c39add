import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { newRuntime } from '../harness/inside.js';
import { ready } from '../harness/limited.js';
import {
	asUser,
	lentLine,
	mapPrograms,
	ordinaryUser,
	userBundle,
	userId,
	userProgram,
} from '../harness/ordinary-user.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** What a process finds out about itself. */
interface Self {
	readonly groups: string;
	readonly effective: string;
	readonly bounding: string;
	readonly ambient: string;
	readonly noNewPrivileges: string;
	readonly umask: string;
	/** Whether its files in /proc are its own: those of an undumpable process are root's. */
	readonly dumpable: string;
	/** Names of session keyrings that it sees; one is gone with the last process that has it. */
	readonly keyrings: string;
	readonly setgroups: string;
}

const status = (field: string) => `$(sed -n "s/^${field}:\\s*//p" /proc/self/status)`;
const script = [
	`echo "groups ${status('Groups')}"`,
	`echo "effective ${status('CapEff')}"`,
	`echo "bounding ${status('CapBnd')}"`,
	`echo "ambient ${status('CapAmb')}"`,
	`echo "noNewPrivileges ${status('NoNewPrivs')}"`,
	'echo "umask $(umask)"',
	// A program that has not changed its ids since execve(2).
	'echo "dumpable $(test "$(stat -c %u /proc/self/environ)" = "$(id -u)" && echo yes || echo no)"',
	'echo "keyrings" $(sed -n "s/.*keyring *\\(_ses[^:]*\\): .*/\\1/p" /proc/keys)',
	'echo "setgroups $(cat /proc/self/setgroups)"',
].join('\n');

function selfOf(output: string): Self {
	const entries = output
		.trim()
		.split('\n')
		.map((line): [string, string] => {
			const end = line.indexOf(' ');
			return [line.slice(0, end), line.slice(end + 1).trim()];
		});
	return Object.fromEntries(entries) as unknown as Self;
}

const kill = 1n << 5n;
const bindService = 1n << 10n;
const hex = (bits: bigint) => bits.toString(16).padStart(16, '0');

const capabilities = {
	bounding: ['CAP_KILL', 'CAP_NET_BIND_SERVICE'],
	permitted: ['CAP_KILL'],
	effective: ['CAP_KILL'],
	inheritable: ['CAP_KILL'],
	ambient: ['CAP_KILL'],
};

function edit(config: Config): void {
	Object.assign(config.process, { capabilities, noNewPrivileges: true });
	config.process.user.umask = 0o027;
	// /proc/keys is among them.
	config.linux['maskedPaths'] = [];
}

const big = { uidMappings: [{ containerID: 0, hostID: 100_000, size: 65_536 }] };

/** What a container's program says of itself, and what one that exec adds does. */
interface Said {
	readonly program: string;
	readonly added: string;
}

async function byRoot(id: string, more: (config: Config) => void): Promise<Said> {
	const { path } = scriptBundle(`${script}\nexec sleep 600`, (config) => {
		edit(config);
		more(config);
	});
	await using container = await newRuntime().create(id, path, { stdio: 'pipe' });
	const program = await ready(container, lastLine);
	const process = await container.exec(['sh', '-c', script], { stdio: 'pipe' });
	const [added, stderr] = await Promise.all([process.stdout, process.stderr].map((s) => (s === null ? '' : text(s))));
	expect({ exit: await process.wait(), stderr }).toEqual({ exit: { code: 0, signal: null }, stderr: '' });
	await container.kill(9);
	return { program, added: added ?? '' };
}

function byUser(id: string, more: (config: Config) => void): Said {
	const bundle = userBundle(['sh', '-c', `${script}\nexec sleep 600`], (config) => {
		edit(config);
		more(config);
	});
	const life = `
		tsrun() { ${userProgram().join(' ')} "$@"; }
		tsrun create ${id} </dev/null >said 2>&1 && tsrun start ${id}
		for _ in $(seq 100); do grep -q '^${lastLine}' said && break; sleep 0.1; done
		cat said; echo ${divider}; tsrun exec ${id} sh -c "$0"
		tsrun delete --force ${id}`;
	const { stdout, stderr } = asUser(['sh', '-c', life, script], { lent: lentLine, cwd: bundle });
	expect(stderr).toBe('');
	const [program = '', added = ''] = stdout.split(divider);
	return { program, added };
}

const divider = '--';
const lastLine = 'setgroups';

const user = (uid: number) => (config: Config) => {
	config.process.user = { ...config.process.user, uid, gid: uid, additionalGids: [7] };
};
const namespaced = (config: Config) => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, { ...big, gidMappings: big.uidMappings });
};
const lent = (config: Config) => {
	const map = [
		{ containerID: 0, hostID: userId, size: 1 },
		{ containerID: 1, hostID: 700_000, size: 65_536 },
	];
	Object.assign(config.linux, { uidMappings: map, gidMappings: map });
};
const both =
	(...edits: readonly ((config: Config) => void)[]) =>
	(config: Config) => {
		for (const one of edits) one(config);
	};

describe.each([
	['rootful', [root, busybox], (id: string) => byRoot(id, user(0)), '7', 'allow'],
	['rootful, as another user', [root, busybox], (id: string) => byRoot(id, user(1000)), '7', 'allow'],
	['in a user namespace', [root, busybox], (id: string) => byRoot(id, both(namespaced, user(0))), '7', 'allow'],
	[
		'in a user namespace, as another user',
		[root, busybox],
		(id: string) => byRoot(id, both(namespaced, user(1000))),
		'7',
		'allow',
	],
	// The groups of the user stay, since setgroups(2) is given up for the map: this one has none.
	['rootless', ordinaryUser, async (id: string) => byUser(id, () => {}), '', 'deny'],
	[
		'rootless with lent ids',
		[...ordinaryUser, mapPrograms],
		async (id: string) => byUser(id, both(lent, user(0))),
		'7',
		'allow',
	],
	[
		'rootless with lent ids, as another user',
		[...ordinaryUser, mapPrograms],
		async (id: string) => byUser(id, both(lent, user(1000))),
		'7',
		'allow',
	],
] as const)('%s', (_title, requirements, made, groups, setgroups) => {
	describeWith(requirements, 'a process', () => {
		test('is what its config says, and so is one that exec adds', async () => {
			const id = containerId();
			const { program, added } = await made(id);
			const expected = {
				groups,
				effective: hex(kill),
				bounding: hex(kill | bindService),
				ambient: hex(kill),
				noNewPrivileges: '1',
				umask: '0027',
				dumpable: 'yes',
				keyrings: expect.stringMatching(`(^| )_ses\\.${id}( |$)`),
				setgroups,
			};
			expect(selfOf(program)).toEqual(expected);
			expect(selfOf(added)).toEqual(expected);
		});
	});
});
