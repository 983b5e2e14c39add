import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { savedDescriptors } from '../../lib/lifecycle/external-descriptors.js';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

describeWith([root, busybox], 'what the descriptors of a container are, for CRIU', () => {
	test('the output of a shell is what it was given, also while it writes to a file of its own', async () => {
		const { path } = scriptBundle('while :; do echo word >/written; for i in 1 2 3 4 5; do :; done; done', (config) => {
			config.root.readonly = false;
		});
		const output = openSync(join(scratch(), 'output'), 'w');
		try {
			await using container = await newRuntime().run(containerId(), path, { stdio: ['ignore', output, 'inherit'] });
			for (let times = 0; times < 100; times += 1) {
				const { names } = await savedDescriptors(container.pid);
				expect(names).toEqual([
					expect.stringMatching(/^null:file\[/),
					expect.stringMatching(/^file\[/),
					expect.any(String),
				]);
			}
		} finally {
			closeSync(output);
		}
	});
});
