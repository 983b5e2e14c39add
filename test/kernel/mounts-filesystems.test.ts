import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { inside, run } from '../harness/inside.js';
import { mountAt, mountsInside, withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

describeWith([root, busybox], 'the file systems of the default configuration', () => {
	test('are there, with their options', async () => {
		const mounts = await mountsInside(() => {});
		const seen = (place: string) => {
			const { type, options } = mountAt(mounts, place);
			return [type, ...options];
		};
		expect(seen('/proc')).toEqual(['proc', 'rw', 'relatime']);
		expect(seen('/dev')).toEqual(['tmpfs', 'rw', 'nosuid']);
		expect(seen('/dev/pts')).toEqual(['devpts', 'rw', 'nosuid', 'noexec', 'relatime']);
		expect(seen('/dev/shm')).toEqual(['tmpfs', 'rw', 'nosuid', 'nodev', 'noexec', 'relatime']);
		expect(seen('/dev/mqueue')).toEqual(['mqueue', 'rw', 'nosuid', 'nodev', 'noexec', 'relatime']);
		expect(seen('/sys')).toEqual(['sysfs', 'ro', 'nosuid', 'nodev', 'noexec', 'relatime']);
	});

	test('the proc is of the container’s pid namespace, the sysfs of its network namespace', async () => {
		expect(await inside('ls -d /proc/[0-9]* | head -2; ls /sys/class/net')).toMatch(/^\/proc\/1\n(\/proc\/\d+\n)?lo$/);
	});

	test('the devpts is its own, and holds the mode of ptmx', async () => {
		expect(await inside('ls /dev/pts; stat -c %a /dev/pts/ptmx')).toBe('ptmx\n666');
	});

	test('a message queue of the host is not seen', async () => {
		expect(await inside('ls /dev/mqueue')).toBe('');
	});
});

describeWith([root, busybox], 'a new file system', () => {
	test('tmpfs takes its mode and size', async () => {
		const mount = { destination: '/data', type: 'tmpfs', source: 'store', options: ['mode=1750', 'size=64k'] };
		const script = "stat -c %a /data; df -k /data | tail -1 | awk '{print $1, $2}'";
		expect(await inside(script, withMounts(mount))).toBe('1750\nstore 64');
	});

	test('tmpfs without a mode has that of the directory it hides', async () => {
		const box = scriptBundle('stat -c %a /private', withMounts({ destination: '/private', type: 'tmpfs' }));
		mkdirSync(join(box.rootfs, 'private'), { mode: 0o700 });
		expect((await run(box.path)).stdout).toBe('700\n');
	});

	test('a read-only tmpfs takes the mounts that lie in it first', async () => {
		const mounts = withMounts(
			{ destination: '/outer', type: 'tmpfs', options: ['ro'] },
			{ destination: '/outer/inner', type: 'tmpfs' },
		);
		expect(await inside('touch /outer/inner/file; ! touch /outer/file 2>/dev/null; ls /outer', mounts)).toBe('inner');
	});

	test('overlay, with paths longer than fsconfig(2) takes', async () => {
		using store = hostTmpfs();
		const folder = (name: string) => {
			const path = join(store.path, name.padEnd(200, 'x'));
			mkdirSync(path);
			return path;
		};
		const [lower, other, upper, work] = [folder('lower'), folder('other'), folder('upper'), folder('work')];
		writeFileSync(join(lower, 'one'), 'lower');
		writeFileSync(join(other, 'two'), 'other');
		const options = [`lowerdir=${lower}:${other}`, `upperdir=${upper}`, `workdir=${work}`];
		const mount = { destination: '/data', type: 'overlay', source: 'overlay' };
		const script = 'cat /data/one /data/two; echo new > /data/three; ls /data';
		// mount(2), which other runtimes use, takes all options as one text.
		for (const written of [options, [options.join(',')]]) {
			expect(await inside(script, withMounts({ ...mount, options: written }))).toBe('lowerotherone\nthree\ntwo');
		}
	});

	test('type none with bind is a bind mount', async () => {
		const box = bundle((config) => {
			config.process.args = ['cat', '/data/group'];
			config.mounts.push({ destination: '/data', type: 'none', source: 'rootfs/etc', options: ['rbind'] });
		});
		expect((await run(box.path)).stdout).toMatch(/^root:x:0:\n/);
	});

	test('a destination that is missing is made with those above it', async () => {
		const output = await inside(
			"stat -c %a /a /a/b; grep -o ' /a/b/c ' /proc/self/mountinfo",
			withMounts({ destination: '/a/b/c', type: 'tmpfs' }),
		);
		expect(output).toBe('755\n755\n /a/b/c');
	});
});

describeWith([root, busybox], 'a file system that cannot be mounted', () => {
	const attempt = (type: string, ...options: string[]) =>
		failureOf(run(scriptBundle('true', withMounts({ destination: '/data', type, source: 'x', options })).path));

	test('is of a type the kernel has not', async () => {
		expect(await attempt('nosuchfs')).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/mounts/7',
			syscall: 'fsopen',
			errno: 'ENODEV',
		});
	});

	test('has an option the file system has not: the kernel’s own words are passed on', async () => {
		const error = await attempt('tmpfs', 'nosuchoption=1');
		expect(error).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/mounts/7', errno: 'EINVAL' });
		expect(error.message).toContain('nosuchoption');
	});
});
