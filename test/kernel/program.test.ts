import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

const script = (path: string, text: string, mode = 0o755) => {
	writeFileSync(path, text);
	chmodSync(path, mode);
};

const create = (path: string) => newRuntime().create(containerId(), path, { stdio: 'ignore' });

describeWith([root, busybox], 'args[0]', () => {
	test('is found in the PATH of the configuration, in its order', async () => {
		const box = bundle((config) => {
			config.process.args = ['tool', 'one', 'two words'];
			config.process.env = ['PATH=/missing:/second:/third:/bin'];
		});
		for (const folder of ['second', 'third']) {
			mkdirSync(join(box.rootfs, folder));
			script(join(box.rootfs, folder, 'tool'), `#!/bin/sh\necho ${folder} "$0" "$@" $#`);
		}
		expect((await run(box.path)).stdout).toBe('second /second/tool one two words 2\n');
	});

	test('one in the PATH that may not be executed is passed over', async () => {
		const box = bundle((config) => {
			config.process.args = ['tool'];
			config.process.env = ['PATH=/first:/second:/bin'];
		});
		for (const folder of ['first', 'second']) mkdirSync(join(box.rootfs, folder));
		script(join(box.rootfs, 'first/tool'), '#!/bin/sh\necho first', 0o644);
		script(join(box.rootfs, 'second/tool'), '#!/bin/sh\necho second');
		expect((await run(box.path)).stdout).toBe('second\n');
	});

	test('with a slash counts from the working directory', async () => {
		const box = bundle((config) => {
			config.process.args = ['./tool'];
			config.process.cwd = '/srv';
		});
		mkdirSync(join(box.rootfs, 'srv'));
		script(join(box.rootfs, 'srv/tool'), '#!/bin/sh\npwd');
		expect((await run(box.path)).stdout).toBe('/srv\n');
	});

	test('is handed on as it is written', async () => {
		const box = bundle((config) => {
			config.process.args = ['/bin/../bin/sh', '-c', 'tr "\\0" "\\n" < /proc/$$/cmdline; exit 0', '', 'ünï  '];
		});
		expect((await run(box.path)).stdout.split('\n')).toEqual([
			'/bin/../bin/sh',
			'-c',
			'tr "\\0" "\\n" < /proc/$$/cmdline; exit 0',
			'',
			'ünï  ',
			'',
		]);
	});

	test.each([
		['not in the PATH', ['nosuchprogram'], 'ENOENT', 'exec: "nosuchprogram": executable file not found in $PATH'],
		['not there', ['/no/such/program'], 'ENOENT', 'no such file or directory'],
		['not executable', ['/etc/passwd'], 'EACCES', 'permission denied'],
		['a directory', ['/etc'], 'EISDIR', 'is a directory'],
		['below a file', ['/etc/passwd/tool'], 'ENOTDIR', 'not a directory'],
	])('%s: an error of create, which leaves nothing', async (_, args, errno, message) => {
		const box = bundle((config) => {
			config.process.args = args;
		});
		const error = await failureOf(create(box.path));
		expect(error).toMatchObject({
			code: 'ERR_EXECUTABLE',
			errno,
			pointer: '/process/args/0',
			where: { file: join(box.path, 'config.json') },
		});
		expect(error.message).toContain(message);
		expect(recordedContainers()).toEqual([]);
	});

	test('that may be executed by root alone is judged as the user', async () => {
		const box = bundle((config) => {
			config.process.args = ['/bin/tool'];
			config.process.user = { uid: 1000, gid: 1000 };
		});
		script(join(box.rootfs, 'bin/tool'), '#!/bin/sh\ntrue', 0o700);
		expect(await failureOf(create(box.path))).toMatchObject({ code: 'ERR_EXECUTABLE', errno: 'EACCES' });
	});

	test.each([
		['whose interpreter is missing', '#!/no/such/interpreter\n', 'ENOENT'],
		['of an unknown format', '\u007fELF\n', 'ENOEXEC'],
	])('%s fails when it is started', async (_, text, errno) => {
		const box = bundle((config) => {
			config.process.args = ['/bin/tool'];
		});
		script(join(box.rootfs, 'bin/tool'), text);
		const error = await failureOf(run(box.path));
		expect(error).toMatchObject({ code: 'ERR_EXECUTABLE', errno, syscall: 'execve', path: '/bin/tool' });
		expect(recordedContainers()).toEqual([]);
	});

	test('is looked up at create, and run at start', async () => {
		const box = scriptBundle('echo never', (config) => {
			config.process.args = ['/bin/tool'];
		});
		script(join(box.rootfs, 'bin/tool'), '#!/bin/sh\ntrue');
		await using container = await create(box.path);
		script(join(box.rootfs, 'bin/tool'), '#!/no/such/interpreter\n');
		expect(await failureOf(container.start())).toMatchObject({ code: 'ERR_EXECUTABLE', syscall: 'execve' });
		expect(await container.state()).toMatchObject({ status: 'stopped' });
	});
});
