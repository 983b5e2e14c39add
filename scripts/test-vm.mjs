/**
 * Runs test/vm in a guest with cgroup v2 alone and systemd: `TESTVM=/path/to/runner node scripts/test-vm.mjs [suite ...]`.
 * The runner takes `[--user] [--ro-share DIR] [--env NAME=VALUE] [--timeout SECONDS] -- COMMAND...`, runs the command in a fresh
 * guest and ends with its status. One that heeds $QEMU, the program to start, and SNAPSHOT=0, also boots it as a machine of cgroup v1.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { bunExecutable } from './build/bun.mjs';
import { inRoot } from './build/paths.mjs';
import { run } from './build/run.mjs';
import { prepareEngines } from './test/guest-engines.mjs';
import { timeFor } from './test/time-left.mjs';

const suites = {
	root: { title: 'cgroup v2 with all controllers, and the systemd of the machine', options: [] },
	user: { title: 'rootless, in a session of a user', options: ['--user'] },
	login: { title: 'rootless, from outside of the session', options: [], prefix: ['sh', inRoot('test/vm/login.sh')] },
	hybrid: {
		title: 'cgroup v1 with the unified hierarchy beside it, made by systemd',
		options: [],
		entry: 'hierarchies',
		kernel: legacyKernel('systemd.legacy_systemd_cgroup_controller=0'),
	},
	legacy: {
		title: 'cgroup v1 alone, made by systemd',
		options: [],
		entry: 'hierarchies',
		kernel: legacyKernel('systemd.legacy_systemd_cgroup_controller=1'),
	},
	clients: { title: 'engines with the systemd driver', options: [], engines: 'root' },
	'user-clients': { title: 'rootless engines', options: [], engines: 'user' },
};
const limitSeconds = 900;

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
const runner = process.env.TESTVM;
if (!isProgram(runner)) skipAll('needs $TESTVM, a runner of guests');
const obstacle = firstGuest();
if (obstacle !== undefined) skipAll(`no guest can be started here: ${obstacle}`);

run(process.execPath, [inRoot('scripts/build.mjs')]);
const bun = bunExecutable();
const sums = { passed: 0, failed: 0, skipped: 0 };
for (const name of wanted) {
	console.log(`\n== vm: ${suites[name].title}`);
	const limit = Math.floor(timeFor(limitSeconds * 1000) / 1000);
	if (limit === 0) {
		console.error(`${name}: not run: there was no time left`);
		sums.failed++;
		continue;
	}
	const { variables = {}, lacking, prefix = suites[name].prefix ?? [] } = guestWithEngines(suites[name].engines);
	if (lacking !== undefined) {
		console.log(`skipped: vm: ${suites[name].title} (${lacking})`);
		sums.skipped++;
		continue;
	}
	const bundle = `.cache/vm/${name}.mjs`;
	// One file: each that is read in an emulated guest costs. package.json says that modules have no side effects; tests do.
	run(
		bun,
		[
			'build',
			`test/vm/${suites[name].entry ?? name}.ts`,
			'--target=node',
			'--ignore-dce-annotations',
			`--outfile=${bundle}`,
		],
		{
			stdio: ['ignore', 'ignore', 'inherit'],
		},
	);
	const { stdout, status } = spawnSync(
		runner,
		[
			...suites[name].options,
			...['--ro-share', inRoot(), '--timeout', String(limit)],
			...Object.entries({ ...variables, TSRUN_REPOSITORY: inRoot() }).flatMap((pair) => ['--env', pair.join('=')]),
			'--',
			...prefix,
			...['node', '--test-reporter=spec', inRoot(bundle)],
		],
		{
			encoding: 'utf8',
			env: { ...process.env, ...withKernel(suites[name].kernel) },
			stdio: ['ignore', 'pipe', 'inherit'],
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	process.stdout.write(stdout);
	count(stdout, status);
}
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exitCode = sums.failed === 0 ? 0 : 1;

// systemd 256 and newer has to be forced.
function legacyKernel(...more) {
	return ['systemd.unified_cgroup_hierarchy=0', 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1', ...more].join(' ');
}

/** The environment of a runner whose guest is to boot with more arguments: a snapshot has booted already. */
function withKernel(commandLine) {
	if (commandLine === undefined) return {};
	return {
		SNAPSHOT: '0',
		QEMU: inRoot('scripts/test/guest-kernel.sh'),
		TSRUN_QEMU: process.env.QEMU ?? 'qemu-system-x86_64',
		TSRUN_GUEST_KERNEL: commandLine,
	};
}

// Nothing where the suite has nothing to do with engines.
function guestWithEngines(user) {
	return user === undefined ? {} : { ...prepareEngines(), prefix: ['sh', inRoot('test/vm/clients.sh'), user] };
}

// The first guest may have to be built; that one runs at all is asked apart from the tests, which may not be skipped for it.
function firstGuest() {
	const { status, stderr } = spawnSync(runner, ['--timeout', '300', '--', 'true'], {
		encoding: 'utf8',
		timeout: 900_000,
	});
	return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? `status ${status}`);
}

function skipAll(reason) {
	for (const name of wanted) console.log(`skipped: vm: ${suites[name]?.title ?? name} (${reason})`);
	console.log(`0 passed, 0 failed, ${wanted.length} skipped`);
	process.exit(0);
}

function count(report, status) {
	const sum = (word) => Number(new RegExp(`^\\S+ ${word} (\\d+)$`, 'm').exec(report)?.[1] ?? 0);
	sums.passed += sum('pass');
	sums.skipped += sum('skipped') + sum('todo');
	const failed = sum('fail') + sum('cancelled');
	// A guest that died, or ran nothing, has failed as well.
	sums.failed += failed === 0 && (status !== 0 || sum('pass') === 0) ? 1 : failed;
}

function isProgram(path) {
	if (!path) return false;
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
