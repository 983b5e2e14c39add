import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { Target } from '../harness/target.js';

interface Attack {
	readonly script?: string;
	readonly edit?: (config: Config) => void;
	/** Stages the attack in the image. */
	readonly stage: (box: Bundle, target: Target) => void;
}

/** Runs an attack; whatever comes of the container, the host looks as it did before. */
async function attack({ script = 'true', edit = () => {}, stage }: Attack): Promise<string> {
	const target = new Target();
	const box = scriptBundle(script, (config) => {
		config.root.readonly = false;
		edit(config);
	});
	stage(box, target);
	const [before, mounts] = [target.look(), readFileSync('/proc/self/mountinfo', 'utf8')];
	const outcome = await run(box.path).then(
		({ stdout, stderr }) => stdout + stderr,
		(error: unknown) => String(error),
	);
	expect(target.look()).toBe(before);
	expect(readFileSync(join(target.path, 'file'), 'utf8')).toBe('untouched');
	expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
	return outcome;
}

/** The target's path as seen from the image, by an absolute symlink and by one that climbs. */
const waysOut = [
	['absolute', (target: Target) => target.path],
	['climbing', (target: Target) => `${'../'.repeat(30)}${target.path.slice(1)}`],
] as const;

function replace(box: Bundle, path: string, to: string): void {
	rmSync(join(box.rootfs, path), { recursive: true, force: true });
	mkdirSync(join(box.rootfs, path, '..'), { recursive: true });
	symlinkSync(to, join(box.rootfs, path));
}

describeWith([root, busybox], 'a symlink of an image leads nothing out of it', () => {
	test.each(waysOut)('the destination of a mount, %s', async (_, way) => {
		const output = await attack({
			script: 'touch /out/made; mkdir /out/made-folder; grep -c tmpfs /proc/self/mountinfo > /dev/null; ls /out',
			edit: (config) => config.mounts.push({ destination: '/out', type: 'tmpfs' }),
			stage: (box, target) => replace(box, 'out', way(target)),
		});
		expect(output).toContain('made');
	});

	test.each(waysOut)('a directory on the way to a destination, %s', async (_, way) => {
		await attack({
			edit: (config) => config.mounts.push({ destination: '/out/new/deeper', type: 'tmpfs' }),
			stage: (box, target) => replace(box, 'out', way(target)),
		});
	});

	test.each(waysOut)('a file that a file is bound on, %s', async (_, way) => {
		await attack({
			edit: (config) => config.mounts.push({ destination: '/out/made', source: '/etc/hostname', options: ['bind'] }),
			stage: (box, target) => replace(box, 'out', way(target)),
		});
	});

	test.each(waysOut)('/dev with its devices, links and ptmx, %s', async (_, way) => {
		await attack({
			edit: (config) => {
				config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
			},
			stage: (box, target) => replace(box, 'dev', way(target)),
		});
	});

	test.each(waysOut)('a device of the configuration, %s', async (_, way) => {
		await attack({
			edit: (config) => {
				config.linux['devices'] = [{ path: '/out/made', type: 'c', major: 1, minor: 3 }];
			},
			stage: (box, target) => replace(box, 'out', way(target)),
		});
	});

	test.each(waysOut)('a masked file and a masked directory, %s', async (_, way) => {
		await attack({
			script: 'cat /out/file; ls /out/folder',
			edit: (config) => Object.assign(config.linux, { maskedPaths: ['/out/file', '/out/folder'] }),
			stage: (box, target) => replace(box, 'out', way(target)),
		});
	});

	test.each(waysOut)('a read-only path, %s', async (_, way) => {
		await attack({
			edit: (config) => Object.assign(config.linux, { readonlyPaths: ['/out', '/out/folder'] }),
			stage: (box, target) => replace(box, 'out', way(target)),
		});
	});

	test.each(waysOut)('the working directory that is made, %s', async (_, way) => {
		const output = await attack({
			script: 'pwd; touch made',
			edit: (config) => {
				config.process.cwd = '/out/work';
			},
			stage: (box, target) => replace(box, 'out', way(target)),
		});
		expect(output).toMatch(/work\n$/);
	});

	test.each(waysOut)('/etc/passwd, where HOME is looked up, %s', async (_, way) => {
		const output = await attack({
			script: 'echo $HOME',
			stage: (box, target) => {
				writeFileSync(join(target.path, 'file'), 'untouched');
				writeFileSync(join(target.path, 'passwd'), 'root:x:0:0::/from-the-host:/bin/sh\n');
				replace(box, 'etc/passwd', `${way(target)}/passwd`);
			},
		});
		expect(output).toBe('/\n');
	});

	test('what tmpcopyup copies', async () => {
		const output = await attack({
			script: 'ls /out',
			edit: (config) => config.mounts.push({ destination: '/out', type: 'tmpfs', options: ['tmpcopyup'] }),
			stage: (box, target) => replace(box, 'out', target.path),
		});
		expect(output).not.toContain('file');
	});
});

describeWith([root, busybox], 'a symlink where a kernel file system goes', () => {
	// CVE-2019-19921, CVE-2023-28642
	test.each(['proc', 'sys'])('/%s is refused', async (name) => {
		const box = scriptBundle('true');
		replace(box, name, '/tmp');
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/mounts\/\d$/),
			errno: 'ELOOP',
		});
	});

	test('a directory above it is, too', async () => {
		const box = scriptBundle('true', (config) => {
			config.mounts.push({ destination: '/link/proc', type: 'proc', source: 'proc' });
		});
		replace(box, 'link', '/tmp');
		expect(await failureOf(run(box.path))).toMatchObject({ errno: 'ELOOP', pointer: '/mounts/7' });
	});
});

describeWith([root, busybox], 'descriptors of the runtime', () => {
	// CVE-2024-21626: a working directory that is reached by a descriptor of the host.
	test.each(Array.from({ length: 20 }, (_, index) => index + 3))('cwd /proc/self/fd/%d leads nowhere', async (fd) => {
		const box = scriptBundle('ls ../../../../../..', (config) => {
			config.process.cwd = `/proc/self/fd/${fd}`;
		});
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/process/cwd',
		});
	});

	test.each(['/proc/self/fd/3', '/proc/self/fd/6/../../../bin/sh'])('exec of %s finds nothing', async (program) => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, { stdio: 'ignore' });
		expect(await failureOf(container.exec([program], { stdio: 'ignore' }))).toMatchObject({ code: 'ERR_EXECUTABLE' });
		expect(await failureOf(container.exec(['true'], { stdio: 'ignore', cwd: '/proc/self/fd/4' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			errno: expect.stringMatching(/ENOENT|ENOTDIR|EACCES/),
		});
	});

	// CVE-2019-5736
	test('the program that init was cannot be overwritten from inside', async () => {
		const attempt = 'if cat /dev/null 2>/dev/null >> $exe; then echo $exe could be written; fi';
		const script = `while :; do for exe in /proc/[0-9]*/exe; do ${attempt}; done; done`;
		await using container = await newRuntime().run(containerId(), scriptBundle(script).path, { stdio: 'pipe' });
		if (container.stdout === null) throw new Error('there is no pipe');
		const output = text(container.stdout);
		for (let round = 0; round < 5; round++) {
			const handle = await container.exec(['true'], { stdio: 'ignore' });
			expect(await handle.wait()).toEqual({ code: 0, signal: null });
		}
		await container.kill(9);
		expect(await output).toBe('');
	});
});

describeWith([root, busybox], 'a directory that is exchanged for a symlink while mounts are made', () => {
	test('leads nothing out', async () => {
		const target = new Target();
		const volume = scratch('volume');
		mkdirSync(join(volume, 'real'));
		symlinkSync(target.path, join(volume, 'evil'));
		const before = target.look();
		// renameat2(RENAME_EXCHANGE) without end, from a container of its own.
		const racer = scriptBundle(
			'cd /volume; while :; do mv real other 2>/dev/null; mv evil real 2>/dev/null; mv real evil 2>/dev/null; mv other real 2>/dev/null; done',
			(config) => config.mounts.push({ destination: '/volume', source: volume, options: ['bind'] }),
		);
		await using _racing = await newRuntime().run(containerId('racer'), racer.path, { stdio: 'ignore' });
		for (let round = 0; round < 10; round++) {
			const box = scriptBundle('true', (config) =>
				config.mounts.push(
					{ destination: '/volume', source: volume, options: ['bind'] },
					{ destination: '/volume/real/made', type: 'tmpfs' },
				),
			);
			await run(box.path).catch(() => undefined);
			expect(target.look()).toBe(before);
		}
		expect(readdirSync(target.path).sort()).toEqual(['file', 'folder']);
		expect(existsSync(join(target.path, 'made'))).toBe(false);
	});
});
