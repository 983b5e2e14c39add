import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { ConfigMount } from '../harness/config.js';
import { run } from '../harness/inside.js';
import { withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** What a script prints that looks at a tmpfs over /data of the image. */
async function seenInCopy(setUp: string, script: string, mount: Partial<ConfigMount> = {}): Promise<string> {
	const options = ['tmpcopyup', 'nosuid'];
	const box = scriptBundle(script, withMounts({ destination: '/data', type: 'tmpfs', options, ...mount }));
	execFileSync('sh', ['-euc', `mkdir data; cd data; ${setUp}`], { cwd: box.rootfs });
	const outcome = await run(box.path);
	expect(outcome).toMatchObject({ exit: { code: 0 }, stderr: '' });
	expect(execFileSync('find', [join(box.rootfs, 'data'), '-name', 'made-inside'], { encoding: 'utf8' })).toBe('');
	return outcome.stdout.trimEnd();
}

describeWith([root, busybox], 'tmpcopyup', () => {
	test('begins with what it hides: files, directories and links, with their owners and modes', async () => {
		const setUp =
			'echo text > file; chmod 644 file; chown 5:6 file; mkdir -m 1777 folder; ln -s /nowhere link; chmod 710 .';
		const script = 'stat -c "%n %a %u:%g %F" . file folder; readlink link; cat file; touch made-inside';
		expect(await seenInCopy(setUp, `cd /data; ${script}`)).toBe(
			['. 710 0:0 directory', 'file 644 5:6 regular file', 'folder 1777 0:0 directory', '/nowhere', 'text'].join('\n'),
		);
	});

	test('set-id bits and times survive', async () => {
		const setUp = 'touch tool; chown 1000:1000 tool; chmod 6755 tool; touch -d "2001-02-03 04:05:06 UTC" tool';
		expect(await seenInCopy(setUp, 'stat -c "%a %u %Y" /data/tool')).toBe('6755 1000 981173106');
	});

	test('deep trees and many files', async () => {
		const setUp = 'mkdir -p a/b/c/d/e/f/g; echo deep > a/b/c/d/e/f/g/file; for i in $(seq 300); do echo $i > $i; done';
		expect(await seenInCopy(setUp, 'cat /data/a/b/c/d/e/f/g/file; ls /data | wc -l; cat /data/300')).toBe(
			'deep\n301\n300',
		);
	});

	test('a large file', async () => {
		const setUp = 'head -c 5000000 /dev/urandom > big; md5sum < big > sum';
		expect(await seenInCopy(setUp, 'cd /data; [ "$(md5sum < big)" = "$(cat sum)" ] && echo same')).toBe('same');
	});

	test('read-only, and still filled', async () => {
		const output = await seenInCopy('echo text > file', 'cat /data/file; ! touch /data/made-inside 2>/dev/null', {
			options: ['tmpcopyup', 'ro'],
		});
		expect(output).toBe('text');
	});

	test('a symlink in the image is copied, never followed', async () => {
		expect(await seenInCopy('ln -s /etc/passwd outside', 'readlink /data/outside; ls -l /data | grep -c ^l')).toBe(
			'/etc/passwd\n1',
		);
	});

	test('a destination that does not exist begins empty', async () => {
		expect(await seenInCopy(':', 'ls /new', { destination: '/new' })).toBe('');
	});
});
