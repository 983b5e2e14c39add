import { closeSync, openSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const numbers = Array.from({ length: 30 }, (_, index) => index + 3);

/** Directories of the host that this process has open, without O_CLOEXEC as careless as a caller can be. */
class OpenDirectories implements Disposable {
	readonly #fds = ['/', '/etc', '/sys/fs/cgroup', '/proc'].map((path) => openSync(path, 'r'));

	[Symbol.dispose](): void {
		for (const fd of this.#fds) closeSync(fd);
	}
}

// The names of /proc/self/fd are magic links: they lead to what is open, wherever that is.
describeWith([root, busybox], 'CVE-2024-21626: a descriptor of the host', () => {
	test('is no way for a working directory that a symlink of the image names', async () => {
		using _open = new OpenDirectories();
		for (const fd of numbers) {
			const box = scriptBundle('cat ../../../../etc/hostname; pwd', (config) => {
				config.process.cwd = '/way/out';
			});
			symlinkSync(`/proc/self/fd/${fd}`, join(box.rootfs, 'way'));
			const outcome = await run(box.path).then(
				({ stdout }) => stdout,
				() => 'refused',
			);
			expect([fd, outcome]).toEqual([fd, 'refused']);
		}
	});

	test('is no way for exec, by its working directory or its program', async () => {
		using _open = new OpenDirectories();
		const box = scriptBundle('sleep 600');
		for (const fd of numbers) symlinkSync(`/proc/self/fd/${fd}/bin/sh`, join(box.rootfs, `bin/sh${fd}`));
		await using container = await newRuntime().run(containerId(), box.path, { stdio: 'ignore' });
		for (const fd of numbers) {
			const attempts = [
				{ args: ['true'], cwd: `/proc/self/fd/${fd}` },
				{ args: ['true'], cwd: `/proc/1/fd/${fd}` },
				{ args: ['true'], cwd: `/proc/thread-self/fd/${fd}/../..` },
				{ args: [`/bin/sh${fd}`, '-c', 'exit 0'], cwd: '/' },
				{ args: [`/proc/self/fd/${fd}`], cwd: '/' },
			];
			for (const { args, cwd } of attempts) {
				const ran = await container.exec(args, { stdio: 'ignore', cwd }).then(
					async (handle) => (await handle.wait()).code,
					() => 'refused',
				);
				expect([fd, args, cwd, ran]).toEqual([fd, args, cwd, 'refused']);
			}
		}
	});

	test('is no destination of a mount, nor a path that is masked', async () => {
		using _open = new OpenDirectories();
		const before = readdirSync('/etc').length;
		for (const fd of numbers.slice(0, 12)) {
			const box = scriptBundle('true', (config) => {
				config.mounts.push({ destination: '/way/in', type: 'tmpfs' });
				Object.assign(config.linux, { maskedPaths: ['/way/hostname'], readonlyPaths: ['/way'] });
			});
			symlinkSync(`/proc/self/fd/${fd}`, join(box.rootfs, 'way'));
			await run(box.path).catch(() => undefined);
		}
		expect(readdirSync('/etc')).toHaveLength(before);
	});

	test('does not reach the program', async () => {
		using _open = new OpenDirectories();
		expect(await inside('echo $(ls /proc/self/fd)')).toBe('0 1 2 3');
	});
});
