import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

describeWith([root, busybox], 'list', () => {
	test('what cannot be read is named, and the others are listed', async () => {
		const folder = scratch();
		const id = containerId();
		mkdirSync(join(folder, 'empty'));
		mkdirSync(join(folder, 'damaged'));
		writeFileSync(join(folder, 'damaged/state.json'), '{');
		const { path } = scriptBundle('true');
		await tsrun(['--root', folder, 'create', '--bundle', path, id], { root: false });
		try {
			const log = join(folder, 'log');
			const { status, stdout } = await tsrun(['--root', folder, '--log', log, 'list', '--quiet'], { root: false });
			expect({ status, stdout }).toEqual({ status: 0, stdout: `${id}\n` });
			const { stderr } = await tsrun(['--root', folder, 'list'], { root: false });
			expect(stderr).toContain('load container empty: container does not exist');
			expect(stderr).toContain('load container damaged: ');
		} finally {
			await tsrun(['--root', folder, 'delete', '--force', id], { root: false });
		}
	});
});

describeWith([root, busybox], 'exec', () => {
	test('a relative directory to start in is refused', async () => {
		const id = containerId();
		await tsrun(['run', '--detach', '--bundle', scriptBundle('sleep 600').path, id]);
		try {
			expect(await tsrun(['exec', '--cwd', 'tmp', id, 'pwd'])).toMatchObject({
				status: 255,
				stdout: '',
				stderr: expect.stringContaining('exec failed: Cwd must be an absolute path'),
			});
		} finally {
			await tsrun(['delete', '--force', id]);
		}
	});
});
