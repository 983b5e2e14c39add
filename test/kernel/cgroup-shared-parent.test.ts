import { existsSync, rmdirSync } from 'node:fs';
import { cgroupDirectory, gatherFacts } from '../../lib/host/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, token } from '../harness/scratch.js';

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

	test('the one that it was made for can be deleted while the other runs', async () => {
		const first = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		const second = await newRuntime().run(containerId(), below(), { stdio: 'pipe' });
		await first.delete({ force: true });
		expect((await second.state()).status).toBe('running');
		await second.delete({ force: true });
		// It is not known to the second who made it, and whether somebody counts on it.
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
