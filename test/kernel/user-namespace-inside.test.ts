import { scriptBundle } from '../harness/bundle.js';
import { program } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { run } from '../harness/inside.js';
import {
	asUser,
	lentLine,
	mapPrograms,
	readableCheckout,
	userBundle,
	userDirectory,
	userId,
	userNamespacesForAll,
} from '../harness/ordinary-user.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
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

async function byRoot(id: string, more: (config: Config) => void): Promise<string> {
	const { path } = scriptBundle(script, (config) => {
		edit(config);
		more(config);
	});
	const { stdout, stderr } = await run(path, { id });
	expect(stderr).toBe('');
	return stdout;
}

function byUser(id: string, more: (config: Config) => void): string {
	const bundle = userBundle(['sh', '-c', script], (config) => {
		edit(config);
		more(config);
	});
	const words = [...program, '--root', `${userDirectory('state')}/root`, 'run', '--bundle', bundle, id];
	const { stdout, stderr } = asUser(words, { lent: lentLine });
	expect(stderr).toBe('');
	return stdout;
}

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

const ordinary: readonly Requirement[] = [userNamespacesForAll, readableCheckout];

describe.each([
	['rootful', [], (id: string) => byRoot(id, user(0)), '7', 'allow'],
	['rootful, as another user', [], (id: string) => byRoot(id, user(1000)), '7', 'allow'],
	['in a user namespace', [], (id: string) => byRoot(id, both(namespaced, user(0))), '7', 'allow'],
	['in a user namespace, as another user', [], (id: string) => byRoot(id, both(namespaced, user(1000))), '7', 'allow'],
	// The groups of the user stay, since setgroups(2) is given up for the map: this one has none.
	['rootless', ordinary, async (id: string) => byUser(id, () => {}), '', 'deny'],
	[
		'rootless with lent ids',
		[...ordinary, mapPrograms],
		async (id: string) => byUser(id, both(lent, user(0))),
		'7',
		'allow',
	],
	[
		'rootless with lent ids, as another user',
		[...ordinary, mapPrograms],
		async (id: string) => byUser(id, both(lent, user(1000))),
		'7',
		'allow',
	],
] as const)('%s', (_title, requirements, made, groups, setgroups) => {
	describeWith([root, busybox, ...requirements], 'a process', () => {
		test('is what its config says', async () => {
			const id = containerId();
			expect(selfOf(await made(id))).toEqual({
				groups,
				effective: hex(kill),
				bounding: hex(kill | bindService),
				ambient: hex(kill),
				noNewPrivileges: '1',
				umask: '0027',
				dumpable: 'yes',
				keyrings: expect.stringMatching(`(^| )_ses\\.${id}( |$)`),
				setgroups,
			});
		});
	});
});
