import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { scratch } from '../harness/scratch.js';

const examples = join(import.meta.dirname, '../../examples');

const expected: readonly (readonly [string, RegExp])[] = [
	['time-out.mjs', /^still running with children after two seconds\nleft over: 0 containers\n$/],
	['exec-output.mjs', /^\{"out":"out\\n","err":"err\\n","code":3\}\n4\n$/],
	[
		'emulate-mknod.mjs',
		/^mknod(at)? of process \d+: \{ value: 0 \}\nmade null, character special file\nmknod(at)? of process \d+: \{ errno: 'EPERM' \}\n$/,
	],
	['shared-network.mjs', /^hello over loopback\n$/],
];

describeWith([root, busybox], 'the examples run as they are printed', () => {
	test.each(expected)('%s', async (file, output) => {
		const rootfs = join(scratch(), 'rootfs');
		makeRootfs(rootfs);
		const { stdout } = await promisify(execFile)(process.execPath, [join(examples, file), dirname(rootfs)], {
			timeout: 25_000,
		});
		expect(stdout).toMatch(output);
	});
});
