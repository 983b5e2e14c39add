import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupDirectory, gatherFacts } from '../../lib/host/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';

describeWith([root, busybox], 'two containers below one cgroup', () => {
	const parent = `/${token}-pod`;
	const parents = () => {
		const { unified, v1 } = gatherFacts().cgroup;
		return [...(unified === undefined ? [] : [unified]), ...v1].map((hierarchy) => cgroupDirectory(hierarchy, parent));
	};
	const below = () =>
		scriptBundle('read end', (config) => {
			config.linux['cgroupsPath'] = `${parent}/${containerId()}`;
		}).path;

	test('the one that it was made for can be deleted while the other runs, and it goes with the last', async () => {
		const first = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		const second = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		await first.delete({ force: true });
		expect((await second.state()).status).toBe('running');
		expect(parents().filter(existsSync)).toEqual(parents());
		await second.delete({ force: true });
		expect(parents().filter(existsSync)).toEqual([]);
	});

	test('it goes with one that could not be made, when the other has gone meanwhile', async () => {
		const first = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		const word = join(scratch(), 'word');
		execFileSync('mkfifo', [word]);
		const failing = scriptBundle('read end', (config) => {
			config.linux['cgroupsPath'] = `${parent}/${containerId()}`;
			config['hooks'] = { createRuntime: [{ path: '/bin/sh', args: ['sh', '-c', `read word <${word}; exit 3`] }] };
		}).path;
		const refused = expect(newRuntime().create(containerId(), failing)).rejects.toMatchObject({
			code: 'ERR_HOOK_FAILED',
		});
		// Opens once the hook has.
		await using opened = await open(word, 'w');
		await first.delete({ force: true });
		await opened.write('end\n');
		await refused;
		expect(parents().filter(existsSync)).toEqual([]);
	});

	test('one that somebody else has made stays', async () => {
		for (const directory of parents()) mkdirSync(directory);
		const only = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		await only.delete({ force: true });
		expect(parents().filter(existsSync)).toEqual(parents());
		for (const directory of parents()) rmdirSync(directory);
	});

	test('it goes with the only one', async () => {
		const only = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		expect(parents().filter(existsSync)).toEqual(parents());
		await only.delete({ force: true });
		expect(parents().filter(existsSync)).toEqual([]);
	});
});
