import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const at = (cwd: string) => (config: Config) => Object.assign(config.process, { cwd });

describeWith([root, busybox], 'process.cwd', () => {
	test('is where the program starts', async () => {
		expect(await inside('pwd; readlink /proc/self/cwd', at('/usr'))).toBe('/usr\n/usr');
	});

	test('is made with those above it where it is missing, also in a root that is read-only', async () => {
		const box = scriptBundle('pwd', at('/work/deep/down'));
		expect((await run(box.path)).stdout).toBe('/work/deep/down\n');
		expect(statSync(join(box.rootfs, 'work/deep')).mode & 0o7777).toBe(0o755);
	});

	test('is made in the mount it lies in', async () => {
		const box = scriptBundle('pwd', (config) => {
			config.process.cwd = '/data/inner';
			config.mounts.push({ destination: '/data', type: 'tmpfs' });
		});
		expect((await run(box.path)).stdout).toBe('/data/inner\n');
		expect(existsSync(join(box.rootfs, 'data/inner'))).toBe(false);
	});

	test('may be open to the user alone', async () => {
		const box = scriptBundle('pwd', (config) => {
			config.process.cwd = '/private';
			config.process.user = { uid: 1000, gid: 1000 };
		});
		mkdirSync(join(box.rootfs, 'private'), { mode: 0o700 });
		chownSync(join(box.rootfs, 'private'), 1000, 1000);
		expect(await run(box.path)).toMatchObject({ stdout: '/private\n', exit: { code: 0 } });
	});

	test('may be open to root alone, who goes there before becoming the user', async () => {
		const box = scriptBundle('readlink /proc/self/cwd', (config) => {
			config.process.cwd = '/closed';
			config.process.user = { uid: 1000, gid: 1000 };
		});
		mkdirSync(join(box.rootfs, 'closed'));
		chmodSync(join(box.rootfs, 'closed'), 0o700);
		expect(await run(box.path)).toMatchObject({ stdout: '/closed\n', exit: { code: 0 } });
	});

	test('that is a file is an error', async () => {
		expect(await failureOf(run(scriptBundle('true', at('/etc/passwd')).path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/process/cwd',
			errno: 'ENOTDIR',
		});
	});
});
