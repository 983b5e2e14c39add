import { existsSync, readFileSync, rmdirSync } from 'node:fs';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, token } from '../harness/scratch.js';

// The container that made it may have gone before others came: then nobody removes it.
function removeParent(parent: string): void {
	const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
	for (const line of lines.filter((text) => / - cgroup2? /.test(text))) {
		const folder = `${line.split(' ')[4]}${parent}`;
		if (existsSync(folder)) rmdirSync(folder);
	}
}

describeWith([root, busybox], 'containers below one parent cgroup', () => {
	test('come and go without getting in each other’s way', async () => {
		// Whoever comes first makes the parent, whoever goes last may remove it, while others are on their way below it.
		const parent = `/${token}-parent`;
		const worker = async (number: number) => {
			const { path } = scriptBundle('exit 0', (config) => {
				config.linux['cgroupsPath'] = `${parent}/${number}`;
			});
			for (let round = 0; round < 8; round++) {
				const { status, stderr } = await tsrun(['run', '--bundle', path, containerId()]);
				expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
			}
		};
		try {
			await Promise.all(Array.from({ length: 6 }, (_, number) => worker(number)));
		} finally {
			removeParent(parent);
		}
	}, 60_000);
});
