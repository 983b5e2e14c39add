import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { run } from '../harness/inside.js';
import { exchange, repeat } from '../harness/racer.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';

/** A directory that looks like a /proc to whoever goes by names. */
function fakeProc(): string {
	const folder = scratch('proc');
	const files = [
		'self/attr/exec',
		'self/attr/apparmor/exec',
		'sys/kernel/domainname',
		'sys/kernel/core_pattern',
		'keys',
	];
	for (const file of files) {
		mkdirSync(join(folder, file, '..'), { recursive: true });
		writeFileSync(join(folder, file), 'untouched');
	}
	symlinkSync('self', join(folder, 'thread-self'));
	return folder;
}

function expectUntouched(folder: string): void {
	for (const file of ['self/attr/exec', 'sys/kernel/domainname', 'sys/kernel/core_pattern', 'keys'])
		expect(readFileSync(join(folder, file), 'utf8')).toBe('untouched');
}

function replace(box: Bundle, path: string, to: string): void {
	rmSync(join(box.rootfs, path), { recursive: true, force: true });
	mkdirSync(join(box.rootfs, path, '..'), { recursive: true });
	symlinkSync(to, join(box.rootfs, path));
}

const bind = (source: string, destination: string) => (config: Config) =>
	void config.mounts.push({ destination, source, options: ['bind'] });

describeWith([root, busybox], 'CVE-2019-16884: a volume in the place of /proc', () => {
	const refusal = { code: 'ERR_STEP_FAILED', pointer: '/mounts/7', errno: 'EPERM' };

	test('as an image declares one', async () => {
		const folder = fakeProc();
		expect(await failureOf(run(scriptBundle('true', bind(folder, '/proc')).path))).toMatchObject(refusal);
		expectUntouched(folder);
	});

	test('before the procfs is mounted', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.mounts.unshift({ destination: '/proc', source: fakeProc(), options: ['bind'] });
		});
		expect(await failureOf(run(path))).toMatchObject({ ...refusal, pointer: '/mounts/0' });
	});

	test.each(['/proc', '../../proc', 'proc/.'])('by the name of a symlink of the image to %s', async (target) => {
		const folder = fakeProc();
		const box = scriptBundle('true', bind(folder, '/data'));
		replace(box, 'data', target);
		expect(await failureOf(run(box.path))).toMatchObject(refusal);
		expectUntouched(folder);
	});

	test.each(['/proc/sys', '/proc/1', '/proc/self/attr', '/proc/../proc/sys/kernel'])(
		'over a part of it, by a symlink of the image to %s',
		async (target) => {
			const box = scriptBundle('true', bind(fakeProc(), '/data'));
			replace(box, 'data', target);
			expect(await failureOf(run(box.path))).toMatchObject(refusal);
		},
	);

	test.each(['/proc', '/proc/sys'])('a new file system by a symlink of the image to %s', async (target) => {
		const box = scriptBundle('true', (config) => config.mounts.push({ destination: '/data', type: 'tmpfs' }));
		replace(box, 'data', target);
		expect(await failureOf(run(box.path))).toMatchObject(refusal);
	});

	test.each(['/proc/sys', '/proc/self', '/proc/./sys/kernel', 'proc/sys'])(
		'over %s by its name',
		async (destination) => {
			const error = await failureOf(run(scriptBundle('true', bind(fakeProc(), destination)).path));
			expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
		},
	);

	test('the files that lxcfs replaces may be replaced, and a procfs may be bound', async () => {
		const file = join(scratch(), 'uptime');
		writeFileSync(file, '1.00 1.00\n');
		const box = scriptBundle('cat /proc/uptime; cat /proc/1/comm', (config) => {
			config.mounts = config.mounts.filter(({ destination }) => destination !== '/proc');
			config.mounts.unshift({ destination: '/proc', source: '/proc', options: ['rbind'] });
			bind(file, '/proc/uptime')(config);
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		expect(await run(box.path)).toMatchObject({
			stdout: expect.stringMatching(/^1.00 1.00\n.+\n$/),
			exit: { code: 0 },
		});
	});
});

// CVE-2023-27561 is the same once more in runc, CVE-2023-28642 the same by /proc itself, CVE-2025-54867 the same in youki.
describeWith([root, busybox, staticCompiler], 'CVE-2019-19921: /proc as a symlink into a volume', () => {
	test('whose target is exchanged meanwhile', async () => {
		const volume = scratch('volume');
		for (const name of ['level', 'other']) mkdirSync(join(volume, name, 'proc'), { recursive: true });
		const box = scriptBundle('true', (config) => {
			config.mounts.unshift({ destination: '/evil', source: volume, options: ['bind'] });
		});
		replace(box, 'proc', 'evil/level/proc');
		await using _racer = await exchange(volume, 'level', 'other');
		const { succeeded } = await repeat(
			2,
			() => run(box.path),
			() => {},
		);
		expect(succeeded).toBe(0);
	});
});

/** Runs with parameters of the kernel to be set, and a /proc that the image has prepared. */
async function withSysctl(stage: (box: Bundle) => void, edit: (config: Config) => void = () => {}): Promise<string> {
	const box = scriptBundle('hostname -d; cat /proc/sys/kernel/domainname', (config) => {
		config.linux['sysctl'] = { 'kernel.domainname': 'redirected.example' };
		edit(config);
	});
	stage(box);
	return run(box.path).then(
		({ stdout }) => stdout,
		(error: unknown) => String(error),
	);
}

// CVE-2025-62596 is the same in youki. Labels are written by the same few lines (addon/init/procfs.c).
describeWith([root, busybox], 'CVE-2025-52881: what the runtime writes to procfs', () => {
	const dangerous = ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/domainname'];
	const look = () => dangerous.map((file) => readFileSync(file, 'utf8'));

	test('goes past whatever the image has under the names', async () => {
		const before = look();
		const folder = fakeProc();
		const output = await withSysctl(
			(box) => {
				rmSync(join(box.rootfs, 'proc'), { recursive: true });
				mkdirSync(join(box.rootfs, 'proc/sys/kernel'), { recursive: true });
				symlinkSync('core_pattern', join(box.rootfs, 'proc/sys/kernel/domainname'));
				symlinkSync(folder, join(box.rootfs, 'proc/self'));
			},
			// There is no procfs in this container at all.
			(config) => {
				config.mounts = config.mounts.filter(({ destination }) => destination !== '/proc');
				Object.assign(config.linux, { maskedPaths: [], readonlyPaths: [] });
			},
		);
		expect(output).not.toContain('untouched');
		expectUntouched(folder);
		expect(look()).toEqual(before);
	});

	test('goes past what is mounted over the file that is meant', async () => {
		const before = look();
		const { path } = scriptBundle('cat /proc/sys/kernel/ns_last_pid; umount /proc/sys/kernel/ns_last_pid', (config) => {
			// A file that may be replaced, by one that something happens at when it is written.
			config.mounts.push({
				destination: '/proc/sys/kernel/ns_last_pid',
				source: '/proc/sys/kernel/core_pattern',
				options: ['bind'],
			});
			config.linux['sysctl'] = { 'kernel.domainname': 'redirected.example', 'kernel.shm_rmid_forced': '1' };
		});
		expect(await run(path)).toMatchObject({ stdout: before[0] });
		expect(look()).toEqual(before);
	});

	test('arrives in the namespace of the container', async () => {
		const before = look();
		const { path } = scriptBundle('cat /proc/sys/kernel/domainname', (config) => {
			config.linux['sysctl'] = { 'kernel.domainname': 'inside.example' };
		});
		expect(await run(path)).toMatchObject({ stdout: 'inside.example\n' });
		expect(look()).toEqual(before);
	});
});

describeWith([root, busybox], 'CVE-2025-31133: what files are masked with', () => {
	// CVE-2025-62161 is the same in youki.
	test.each([
		['a symlink', (path: string) => symlinkSync('/proc/sys/kernel/core_pattern', path)],
		['a file', (path: string) => writeFileSync(path, 'not a device')],
	])('is the null device of the host, though /dev/null of the image is %s', async (_, put) => {
		const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
		const box = scriptBundle('stat -c %t:%T /proc/keys; echo evil > /proc/keys; cat /proc/keys', (config) => {
			config.root.readonly = false;
			config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
			config.linux['maskedPaths'] = ['/proc/keys'];
		});
		mkdirSync(join(box.rootfs, 'dev'), { recursive: true });
		put(join(box.rootfs, 'dev/null'));
		// The default device cannot be made where something else is: the container does not come to be.
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			errno: 'EEXIST',
			path: expect.stringContaining('/dev/null'),
		});
		expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(before);
	});

	test('is refused when the null device of the host is none', async () => {
		const { spawnSync } = await import('node:child_process');
		const { program } = await import('../harness/cli.js');
		const { containerId, token } = await import('../harness/scratch.js');
		const { stateRoot } = await import('../harness/state-root.js');
		const box = scriptBundle('true', (config) => {
			config.linux['maskedPaths'] = ['/proc/keys'];
		});
		const folder = scratch('dev');
		writeFileSync(join(folder, 'null'), '');
		chmodSync(join(folder, 'null'), 0o666);
		// What the machine's /dev/null is can be changed in a mount namespace of our own.
		const script = 'mount --bind "$1/null" /dev/null; shift; exec "$@"';
		const command = [...program, '--root', stateRoot(), 'run', '-b', box.path, containerId()];
		const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', script, 'sh', folder, ...command], {
			encoding: 'utf8',
			env: { PATH: process.env['PATH'], TSRUN_TEST: token },
		});
		expect({ status, stderr }).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('/dev/null is not the null device'),
		});
	});
});
