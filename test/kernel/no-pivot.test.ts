import { scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { mountAt, mountsInside } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

describeWith([root, busybox], 'without pivot_root', () => {
	test('the root is the bundle’s, read-only, with its mounts', async () => {
		const mounts = await mountsInside(() => {}, { pivot: false });
		expect(mountAt(mounts, '/').options[0]).toBe('ro');
		expect(mountAt(mounts, '/proc').type).toBe('proc');
		expect(await inside('cat /etc/group | head -1; echo $$', undefined, { pivot: false })).toBe('root:x:0:\n1');
	});

	test('masks and hostname are in place', async () => {
		const script = 'hostname; wc -c < /proc/kcore; ls /sys/firmware';
		expect(await inside(script, undefined, { pivot: false })).toBe('tsrun\n0');
	});

	test('a chroot out of it finds neither procfs nor sysfs of the host', async () => {
		// The classic: a second chroot below the working directory lets `..` climb over the first.
		const climb = 'mkdir -p /tmp/x; cd /; chroot /tmp/x /bin/true 2>/dev/null; cat /proc/1/mountinfo';
		const { stdout } = await run(
			scriptBundle(climb, (config) => {
				config.mounts.push({ destination: '/tmp', type: 'tmpfs' });
			}).path,
			{ pivot: false },
		);
		const unreachable = stdout.split('\n').filter((line) => / - (proc|sysfs) /.test(line));
		expect(unreachable.map((line) => line.split(' ')[4])).toEqual(expect.arrayContaining(['/proc', '/sys']));
		expect(unreachable.every((line) => /^\/(proc|sys)(\/|$)/.test(line.split(' ')[4] ?? ''))).toBe(true);
	});

	test('exec finds itself in the same root', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, {
			stdio: 'ignore',
			pivot: false,
		});
		const handle = await container.exec(['sh', '-c', 'ls / | head -1'], { stdio: 'ignore' });
		expect(await handle.wait()).toEqual({ code: 0, signal: null });
	});

	test('rootfsPropagation private is refused: the host’s mounts would stay below', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux['rootfsPropagation'] = 'private';
		});
		expect(await failureOf(run(path, { pivot: false }))).toMatchObject({
			code: 'ERR_CONFIG_UNSUPPORTED',
			pointer: '/linux/rootfsPropagation',
		});
	});
});
