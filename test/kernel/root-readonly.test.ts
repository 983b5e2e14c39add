import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

describeWith([root, busybox], 'root.readonly', () => {
	test('nothing can be written to the root', async () => {
		const script = 'touch /file 2>&1; echo x >> /etc/passwd; true';
		const { stdout, stderr } = await run(scriptBundle(script).path);
		expect(stdout + stderr).toMatch(/Read-only file system.*\n.*Read-only file system/);
	});

	test('what is mounted in it can be', async () => {
		expect(await inside('touch /dev/shm/file && echo written')).toBe('written');
	});

	test('false: what is written stays in the bundle', async () => {
		const box = scriptBundle('touch /file', (config) => {
			config.root.readonly = false;
		});
		expect(await run(box.path)).toMatchObject({ exit: { code: 0 } });
		expect(existsSync(join(box.rootfs, 'file'))).toBe(true);
	});

	test('in a user namespace', async () => {
		const mappings = [{ containerID: 0, hostID: 0, size: 65536 }];
		const output = await inside('! touch /file 2>/dev/null && echo refused', (config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(output).toBe('refused');
	});
});
