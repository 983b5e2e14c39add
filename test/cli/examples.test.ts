import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { controller } from '../harness/controllers.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { scratch } from '../harness/scratch.js';

const examples = join(import.meta.dirname, '../../examples');

const expected: readonly (readonly [string, RegExp])[] = [
	['exec-output.mjs', /^\{"out":"out\\n","err":"err\\n","code":3\}\n4\n$/],
	[
		'emulate-mknod.mjs',
		/^mknod(at)? of process \d+: \{ value: 0 \}\nmade null, character special file\nmknod(at)? of process \d+: \{ errno: 'EPERM' \}\n$/,
	],
	['shared-network.mjs', /^hello over loopback\n$/],
];

async function run(file: string): Promise<string> {
	const rootfs = join(scratch(), 'rootfs');
	makeRootfs(rootfs);
	const args = [join(examples, file), dirname(rootfs)];
	const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 25_000 });
	return stdout;
}

describeWith([root, busybox], 'the examples run as they are printed', () => {
	test.each(expected)('%s', async (file, output) => {
		expect(await run(file)).toMatch(output);
	});
});

describeWith([root, busybox, controller('pids')], 'so does the one that limits processes', () => {
	test('time-out.mjs', async () => {
		expect(await run('time-out.mjs')).toBe('still running with children after two seconds\nleft over: 0 containers\n');
	});
});
