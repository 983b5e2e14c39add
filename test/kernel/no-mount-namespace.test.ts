import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** All that needs a mount namespace, taken out of the usual configuration along with it. */
function withoutMounts({ linux, root, mounts }: Config): void {
	linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'mount');
	delete linux['maskedPaths'];
	delete linux['readonlyPaths'];
	root.readonly = false;
	mounts.length = 0;
}

describeWith([root, busybox], 'without a mount namespace', () => {
	test('the root is the bundle’s root file system all the same', async () => {
		const { path, rootfs } = scriptBundle('cat /marker', withoutMounts);
		writeFileSync(join(rootfs, 'marker'), 'of the image\n');
		const { stdout, exit } = await run(path);
		expect({ stdout, exit }).toEqual({ stdout: 'of the image\n', exit: { code: 0, signal: null } });
	});

	test('the caller’s working directory has nothing to do with it', async () => {
		const elsewhere = mkdtempSync(join(bundle(() => {}, 'empty').path, 'elsewhere-'));
		writeFileSync(join(elsewhere, 'host-file'), '');
		const before = process.cwd();
		process.chdir(elsewhere);
		try {
			expect(await inside('ls /host-file 2>/dev/null || echo none', withoutMounts)).toBe('none');
		} finally {
			process.chdir(before);
		}
	});

	test('the working directory is made inside', async () => {
		const edit = (config: Config) => {
			withoutMounts(config);
			config.process.cwd = '/srv/new';
		};
		expect(await inside('pwd', edit)).toBe('/srv/new');
	});

	test('exec finds itself in the same root', async () => {
		const { path, rootfs } = scriptBundle('sleep 600', withoutMounts);
		writeFileSync(join(rootfs, 'marker'), 'of the image\n');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const handle = await container.exec(['cat', '/marker'], { stdio: 'pipe' });
		const [printed, exit] = await Promise.all([handle.stdout === null ? '' : text(handle.stdout), handle.wait()]);
		expect({ printed, exit }).toEqual({ printed: 'of the image\n', exit: { code: 0, signal: null } });
	});

	test('nothing is mounted on the host', async () => {
		const { path, rootfs } = scriptBundle('sleep 600', withoutMounts);
		await using _container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
		expect(mounts.filter((line) => line.includes(rootfs))).toEqual([]);
	});

	test('mounts, which would be the host’s own, are refused', async () => {
		const { path } = scriptBundle('true', (config) => {
			withoutMounts(config);
			config.mounts.push({ destination: '/proc', type: 'proc', source: 'proc' });
			config.root.readonly = true;
		});
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_CONFIG_UNSUPPORTED',
			faults: [
				{ pointer: '/mounts', message: 'needs an entry of type mount in /linux/namespaces' },
				{ pointer: '/root/readonly', message: 'needs an entry of type mount in /linux/namespaces' },
			],
		});
	});
});
