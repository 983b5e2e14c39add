import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { shellHook } from '../harness/hooks.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const ok = { status: 0, stdout: '', stderr: '' };
const binary: Requirement = {
	what: 'the built binary: Node has what it inherits closed with the next execve(2)',
	met: () => program.length === 1,
};

/** A call of tsrun with pipes for stdout and stderr, and whatever else is handed on from 3. */
function piped(args: readonly string[], more: readonly number[] = []): ChildProcess {
	const [command, ...first] = program;
	return spawn(command, [...first, '--root', stateRoot(), ...args], {
		env: { PATH: process.env['PATH'] ?? '' },
		stdio: ['ignore', 'pipe', 'pipe', ...more],
		timeout: 20_000,
		killSignal: 'SIGKILL',
	});
}

describeWith([root, busybox], 'what a container is left with', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	// containerd's shim waits for the end of these pipes; whatever holds them beside the container would hang it.
	test('the caller’s pipes are the container’s alone: they end when it closes them', async () => {
		const { path } = scriptBundle('echo out; echo err >&2; exec >/dev/null 2>&1; exec sleep 600');
		const create = piped(['create', '--bundle', path, id]);
		if (create.stdout === null || create.stderr === null) throw new Error('there are no pipes');
		const shown = Promise.all([text(create.stdout), text(create.stderr)]);
		expect(await once(create, 'exit')).toEqual([0, null]);
		expect(await tsrun(['start', id])).toMatchObject(ok);
		expect(await shown).toEqual(['out\n', 'err\n']);
		expect(JSON.parse((await tsrun(['state', id])).stdout).status).toBe('running');
	});

	describeWith([binary], 'of descriptors', () => {
		test('exec --preserve-fds: that many from 3 on', async () => {
			const file = join(scratch(), 'file');
			writeFileSync(file, 'three');
			expect(await tsrun(['run', '-d', '--bundle', scriptBundle('sleep 600').path, id])).toMatchObject(ok);
			const open = [openSync(file, 'r'), openSync('/dev/zero', 'r')];
			const exec = piped(['exec', '--preserve-fds', '1', id, 'sh', '-c', 'cat <&3; [ ! -e /proc/self/fd/4 ]'], open);
			for (const fd of open) closeSync(fd);
			if (exec.stdout === null) throw new Error('there is no pipe');
			const shown = text(exec.stdout);
			expect(await once(exec, 'exit')).toEqual([0, null]);
			expect(await shown).toBe('three');
		});
	});

	test('exec --ignore-paused: the process stands still until the container is resumed', async () => {
		const box = scriptBundle('sleep 600', (config) => {
			config.root.readonly = false;
		});
		expect(await tsrun(['run', '-d', '--bundle', box.path, id])).toMatchObject(ok);
		expect(await tsrun(['pause', id])).toMatchObject(ok);
		const exec = piped(['exec', '--ignore-paused', id, 'sh', '-c', 'echo >/made; exit 6']);
		const ended = once(exec, 'exit');
		const processes = async () => JSON.parse((await tsrun(['ps', '--format', 'json', id])).stdout).length;
		await eventually('it is in the container', async () => (await processes()) > 1);
		expect(existsSync(join(box.rootfs, 'made'))).toBe(false);
		expect(await tsrun(['resume', id])).toMatchObject(ok);
		expect(await ended).toEqual([6, null]);
		expect(existsSync(join(box.rootfs, 'made'))).toBe(true);
	});

	test('--cgroup-manager disabled, for Podman’s --cgroups=disabled: the caller’s cgroup, and later calls need not say so', async () => {
		const { path } = scriptBundle('sleep 600');
		expect(await tsrun(['--cgroup-manager', 'disabled', 'run', '-d', '--bundle', path, id])).toMatchObject(ok);
		const { pid } = JSON.parse((await tsrun(['state', id])).stdout);
		expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toBe(readFileSync('/proc/self/cgroup', 'utf8'));
		expect(await tsrun(['exec', id, 'true'])).toMatchObject(ok);
		expect(await tsrun(['pause', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^the container has no cgroup with a freezer/),
		});
		expect(await tsrun(['kill', id, 'KILL'])).toMatchObject(ok);
		await eventually('it has ended', async () => JSON.parse((await tsrun(['state', id])).stdout).status === 'stopped');
		expect(await tsrun(['delete', id])).toMatchObject(ok);
	});

	// libnetwork-setkey and others look for the pid by words in the text, slashes unescaped, and refuse members they do not know.
	test('a hook reads one compact line, with the members of the specification and no others', async () => {
		const seen = join(scratch(), 'state');
		const { path } = scriptBundle('true', (config) => {
			config.annotations = { 'org.example.path': '/a/b' };
			config.hooks = { prestart: [shellHook(`cat >${seen}`)] };
		});
		expect(await tsrun(['create', '--bundle', path, id])).toMatchObject(ok);
		const state = readFileSync(seen, 'utf8');
		const { pid } = JSON.parse((await tsrun(['state', id])).stdout);
		expect(state.trimEnd()).toBe(JSON.stringify(JSON.parse(state)));
		expect(Object.keys(JSON.parse(state)).sort()).toEqual(
			['annotations', 'bundle', 'id', 'ociVersion', 'pid', 'status'].sort(),
		);
		expect(JSON.parse(state)).toMatchObject({ id, pid, status: 'created', bundle: path });
	});
});
