import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { controller } from '../harness/controllers.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { scratch } from '../harness/scratch.js';

const examples = join(import.meta.dirname, '../../examples');

interface Example {
	readonly file: string;
	readonly prints: RegExp;
	readonly needs?: readonly Requirement[];
}

const limits = [controller('memory'), controller('pids'), controller('cpu')];

const all: readonly Example[] = [
	{
		file: 'emulate-mknod.mjs',
		prints:
			/^mknod(at)? of process \d+: \{ value: 0 \}\nmknod(at)? of process \d+: \{ errno: 'EPERM' \}\nmade null, character special file\n$/,
	},
	{
		file: 'exec-output.mjs',
		prints:
			/^\{\n {2}code: 3,\n {2}signal: null,\n {2}stdout: 'out\\n',\n {2}stderr: 'err\\n',\n {2}truncated: false,\n {2}timedOut: false\n\}\n4\nline 1\nline 2\nline 3\n\{ code: 0, signal: null \}\n$/,
	},
	{
		file: 'sandbox.mjs',
		needs: limits,
		prints:
			/^honest: code 0, "42\\n"\nendless: out of time, ""\ntalkative: out of time, too much output\ngreedy: killed by signal 9, ""\nfork bomb: .*\ncurious: code 1, "\d\\nlo\\ntouch: \/etc\/x: Read-only file system\\n"\n$/,
	},
	{ file: 'shared-network.mjs', prints: /^hello over loopback\n$/ },
	{
		file: 'supervisor.mjs',
		prints:
			/^try 1\nfailed with code 1, again in 20 ms\ntry 2\nfailed with code 2, again in 40 ms\ntry 3\nended well\nfailed with code 7, again in 20 ms\ngiven up: hopeless-PID has failed 2 times, last with code 7\n$/,
	},
	{ file: 'throw-away-service.mjs', prints: /^# pass 2\n# fail 0$/m },
	{
		file: 'time-out.mjs',
		needs: [controller('pids')],
		prints: /^\{ stdout: 'working\\n', timedOut: true \}\nleft over: 0 containers\n$/,
	},
	{ file: 'worker-pool.mjs', prints: /^300 jobs by 50 containers: 8955050\nleft over: 0 containers\n$/ },
];

/** What other examples use, and is no program itself. */
const parts = ['mknod-handler.mjs'];

test('every example is run here, and is in the list of its folder', () => {
	const files = readdirSync(examples).filter((name) => name.endsWith('.mjs'));
	expect(files.sort()).toEqual([...all.map(({ file }) => file), ...parts].sort());
	const readme = readFileSync(join(examples, 'README.md'), 'utf8');
	expect(files.filter((file) => !readme.includes(`](${file})`))).toEqual([]);
});

for (const { file, prints, needs = [] } of all) {
	describeWith([root, busybox, ...needs], file, () => {
		test('runs as it is printed, and leaves the root file system as it was', async () => {
			const rootfs = join(scratch(), 'rootfs');
			makeRootfs(rootfs);
			const before = readdirSync(rootfs);
			const args = [join(examples, file), rootfs];
			const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
			expect(stdout).toMatch(prints);
			expect(readdirSync(rootfs)).toEqual(before);
		}, 70_000);
	});
}
