import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
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
		const script = 'hostname; wc -c < /proc/keys; ls /sys/firmware';
		expect(await inside(script, undefined, { pivot: false })).toBe('tsrun\n0');
	});

	// The kernel lets a user namespace mount a proc where another one is in full view; the host's, left below, would be.
	test('a proc without the masks cannot be had by a user namespace of one’s own', async () => {
		const script = "unshare -Umpf -r sh -c 'mount -t proc proc /dev/shm 2>/dev/null && echo mounted || echo refused'";
		const user = (config: Config) => Object.assign(config.process.user, { uid: 1000, gid: 1000 });
		const unmasked = (config: Config) => {
			user(config);
			Object.assign(config.linux, { maskedPaths: [], readonlyPaths: [] });
		};
		expect(await inside(script, user, { pivot: false })).toBe('refused');
		expect(await inside(script, unmasked, { pivot: false })).toBe('mounted');
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
			code: 'ERR_CONFIG_INVALID',
			pointer: '/linux/rootfsPropagation',
		});
	});
});
