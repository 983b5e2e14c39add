import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** The environment of a program, in its order. */
async function environmentWith(env: string[], uid = 0, passwd?: string): Promise<string[]> {
	const box = bundle((config) => {
		config.process.args = ['/bin/env'];
		config.process.env = env;
		config.process.user = { uid, gid: 0 };
	});
	if (passwd !== undefined) writeFileSync(join(box.rootfs, 'etc/passwd'), passwd);
	return (await run(box.path)).stdout.trimEnd().split('\n');
}

describeWith([root, busybox], 'the environment of the program', () => {
	test('is what the configuration says, and nothing of the caller’s', async () => {
		process.env['TSRUN_TEST_LEAK'] = 'leaked';
		expect(await environmentWith(['ONE=1', 'EMPTY=', 'EQUALS=a=b=c', 'UMLAUT=ä', 'HOME=/here'])).toEqual([
			'ONE=1',
			'EMPTY=',
			'EQUALS=a=b=c',
			'UMLAUT=ä',
			'HOME=/here',
		]);
	});

	test('of one name twice the last value stays', async () => {
		expect(await environmentWith(['A=1', 'HOME=/', 'B=2', 'A=3'])).toEqual(['A=3', 'HOME=/', 'B=2']);
	});

	test.each([
		['root', 0, undefined, '/root'],
		['another user', 1000, undefined, '/home/user'],
		['a user who is not in it', 4711, undefined, '/'],
		['the first of two lines', 7, 'a:x:7:7::/first:\nb:x:7:7::/second:\n', '/first'],
		['a line without a newline at its end', 7, 'a:x:7:7::/last', '/last'],
		['an empty home', 7, 'a:x:7:7:::/bin/sh\n', '/'],
		['a name that is a number', 7, '7:x:8:8::/wrong:\n', '/'],
		[
			'a line that is too long, before the right one',
			7,
			`a:x:8:8:${'x'.repeat(5000)}:/x:\nb:x:7:7::/right:\n`,
			'/right',
		],
		['no lines at all', 0, '', '/'],
	])('HOME comes from /etc/passwd of the image: %s', async (_, uid, passwd, home) => {
		expect(await environmentWith(['A=1'], uid, passwd)).toEqual(['A=1', `HOME=${home}`]);
	});

	test('an empty HOME counts as none', async () => {
		expect(await environmentWith(['HOME=', 'A=1'])).toEqual(['A=1', 'HOME=/root']);
	});

	test('a HOME of the configuration is left alone', async () => {
		expect(await environmentWith(['HOME=/elsewhere'])).toEqual(['HOME=/elsewhere']);
	});
});
