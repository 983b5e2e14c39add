// docs/rootless.md, followed by a user whose systemd has cgroups to lend.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundle, mebibyte, newId, program, run } from './guest.js';

const repository = process.env['TSRUN_REPOSITORY'] ?? '';
const page = readFileSync(`${repository}/docs/rootless.md`, 'utf8');
const home = mkdtempSync(join(homedir(), 'page-'));
const bin = join(home, '.bin');
mkdirSync(bin);
symlinkSync(program, join(bin, 'tsrun'));

/** What a shell prints that runs a command of the page, with tsrun in its PATH. */
function follow(command: string): string {
	const script = `export HOME=${home} PATH=${bin}:$PATH; cd ${repository}; ${command}`;
	const { status, stdout, stderr } = run('sh', ['-euc', script]);
	assert.deepEqual({ command, status }, { command, status: 0 }, stderr);
	return stdout.trim();
}

const uid = process.getuid?.() ?? 0;

test('rootless page: its commands, one after the other', () => {
	const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body = '']) => body);
	const [first, life, plan, nested] = blocks.map(follow);
	assert.match(first ?? '', new RegExp(`^uid=0\\(root\\) gid=0\\(root\\).*\\s+0\\s+${uid}\\s+1$`));
	assert.equal(life?.split('\n')[0], '0');
	assert.match(plan ?? '', /write the id maps of the user namespace/);
	assert.match(nested ?? '', /^uid=0\(root\) gid=0\(root\)/);
});

test('rootless page: a scope that systemd-run has delegated holds the limits', () => {
	const [command] = /systemd-run --user --scope -p Delegate=yes tsrun run/.exec(page) ?? [];
	assert.ok(command);
	const show = 'cat /proc/self/cgroup; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max';
	const path = bundle(show, (config) => {
		config.linux.resources = { memory: { limit: 32 * mebibyte }, pids: { limit: 12 } };
	});
	const lines = follow(`${command} --bundle ${path} ${newId()}`).split('\n');
	assert.deepEqual(lines, ['0::/', String(32 * mebibyte), '12']);
});

test('rootless page: more ids than one, by newuidmap and newgidmap', () => {
	const ranges = [
		{ containerID: 0, hostID: uid, size: 1 },
		{ containerID: 1, hostID: 100_000, size: 65_536 },
	];
	const path = bundle('cat /proc/self/uid_map /proc/self/setgroups; grep Groups: /proc/self/status', (config) => {
		Object.assign(config.linux, { uidMappings: ranges, gidMappings: ranges });
		config.process['user'] = { uid: 1000, gid: 1000, additionalGids: [5] };
	});
	const words = follow(`tsrun run --bundle ${path} ${newId()}`).split(/\s+/);
	assert.deepEqual(words, ['0', String(uid), '1', '1', '100000', '65536', 'allow', 'Groups:', '5']);
});

// user_namespaces(7): what the page says is taken away, seen from inside.
test('rootless page: with the own group alone setgroups is denied', () => {
	const path = bundle('cat /proc/self/setgroups');
	assert.equal(follow(`tsrun run --bundle ${path} ${newId()}`), 'deny');
});

test('rootless page: what is missing is named', () => {
	const path = bundle('true', (config) => {
		const ranges = [
			{ containerID: 0, hostID: uid, size: 1 },
			{ containerID: 1, hostID: 700_000, size: 65_536 },
		];
		Object.assign(config.linux, { uidMappings: ranges, gidMappings: ranges });
	});
	const { status, stderr } = run(program, ['run', '--bundle', path, newId()]);
	assert.equal(status, 1);
	assert.match(stderr, /\/etc\/subgid has to lend the ids 700000 to 765535/);
});
