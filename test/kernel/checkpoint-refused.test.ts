import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counted, countingBundle, countOf } from '../harness/criu.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const quiet = { stdio: 'ignore' } as const;

/** A folder with a criu that is a shell script: 3 is its socket, and PATH this folder alone. */
function folderWith(script: string): string {
	return folderOf(`#!/bin/sh\n${script}\n`);
}

function folderOf(text: string): string {
	const folder = scratch('path');
	writeFileSync(join(folder, 'criu'), text, { mode: 0o755 });
	return folder;
}

/** A criu that takes one request and answers with these bytes, written as printf(1) takes them. */
function folderAnswering(bytes: string): string {
	return folderWith(`/bin/dd bs=64 count=1 <&3 >/dev/null 2>&1; printf '${bytes}' >&3`);
}

/** Octal digits of an answer to the request for the version, whose last field is the minor number. */
const version = (major: number, minor: number) =>
	`\\010\\012\\020\\001\\122\\004\\010\\0${major.toString(8)}\\020\\0${minor.toString(8)}`;

/** A directory that looks like images. */
function imagesLike(): string {
	const images = scratch('images');
	writeFileSync(join(images, 'inventory.img'), '');
	writeFileSync(join(images, 'descriptors.json'), '["/dev/null","/dev/null","/dev/null"]');
	return images;
}

describeWith([root, busybox], 'a CRIU that cannot be used', () => {
	const cases = [
		['is not there', () => scratch('empty'), /^criu is not installed/, /Install CRIU/],
		['is too old', () => folderAnswering(version(3, 14)), /^criu is too old: it is 3\.14, and 3\.15/, /newer/],
		[
			'is too old to say so',
			() => folderAnswering('\\010\\000\\020\\000'),
			/^criu is too old: .*older than 3\.0/,
			/newer/,
		],
		['ends at once', () => folderWith('exit 1'), /^CRIU ended before it answered/, undefined],
		['talks nonsense', () => folderAnswering('\\377\\377\\377'), /no message of its protocol/, undefined],
		['cannot be executed', () => folderOf('#!/no/such/interpreter\n'), /exec/, undefined],
	] as const;

	test.each(cases)('it %s: checkpoint', async (_, path, message, hint) => {
		const runtime = newRuntime({ env: { PATH: path() } });
		const bundle = countingBundle();
		await using container = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		const error = await failureOf(container.checkpoint(scratch('images')));
		expect(['ERR_CRIU', 'ERR_EXECUTABLE']).toContain(error.code);
		expect(error.message).toMatch(message);
		if (hint !== undefined) expect(error.hint).toMatch(hint);
		expect(error.also).toEqual([]);
		// The container is as it was.
		await counted(bundle, countOf(bundle));
	});

	test.each(cases)('it %s: restore', async (_, path, message) => {
		const runtime = newRuntime({ env: { PATH: path() } });
		const id = containerId();
		const error = await failureOf(runtime.restore(id, countingBundle().path, imagesLike(), quiet));
		expect(error.message).toMatch(message);
		expect(error.also).toEqual([]);
		expect(existsSync(join(stateRoot(), id))).toBe(false);
	});

	test('one that hangs is given up by a signal', async () => {
		const runtime = newRuntime({ env: { PATH: folderWith('while :; do read x; done <&3') } });
		const bundle = countingBundle();
		await using container = await runtime.run(containerId(), bundle.path, quiet);
		const controller = new AbortController();
		const saving = failureOf(container.checkpoint(scratch('images'), { signal: controller.signal }));
		controller.abort();
		expect(await saving).toMatchObject({ code: 'ERR_ABORTED', also: [] });
		expect((await container.state()).status).toBe('running');
	});
});

describeWith([root, busybox], 'a CRIU that does not know the kernel', () => {
	test('the end of its log is in the error, with what to do', async () => {
		const images = scratch('images');
		const log = join(images, 'dump.log');
		const take = '/bin/dd bs=4096 count=1 <&3 >/dev/null 2>&1';
		const lines = ['(00.1) Running', '(00.2) Error (criu/kerndat.c:1615): kerndat_vdso failed'];
		const script = [
			`${take}; printf '${version(3, 17)}' >&3`,
			// A failed dump, as its protocol has it.
			`${take}; printf '${lines.join('\\n')}\\n' >${log}; printf '\\010\\001\\020\\000' >&3`,
		];
		const runtime = newRuntime({ env: { PATH: folderWith(script.join('\n')) } });
		const bundle = countingBundle();
		await using container = await runtime.run(containerId(), bundle.path, quiet);
		expect(await failureOf(container.checkpoint(images))).toMatchObject({
			code: 'ERR_CRIU',
			message: 'criu cannot save the container: Error (criu/kerndat.c:1615): kerndat_vdso failed',
			hint: `This CRIU does not know this kernel (criu check): install a newer one. The whole log is ${log}.`,
			path: log,
		});
	});
});

describeWith([root, busybox], 'what is no checkpoint', () => {
	// Any CRIU will do: it is not asked.
	const runtime = () => newRuntime({ env: { PATH: folderWith('exit 1') } });

	test('a directory that is not there, a file, an empty one', async () => {
		const { path } = countingBundle();
		const file = join(scratch(), 'file');
		writeFileSync(file, '');
		const restored = (images: string) => failureOf(runtime().restore(containerId(), path, images, quiet));
		expect(await restored('/nonexistent/images')).toMatchObject({ code: 'ERR_CHECKPOINT', errno: 'ENOENT' });
		expect(await restored(file)).toMatchObject({ code: 'ERR_CHECKPOINT', errno: 'ENOTDIR' });
		const empty = scratch('empty');
		expect(await restored(empty)).toMatchObject({
			code: 'ERR_CHECKPOINT',
			message: `${empty} is not a checkpoint: it has no inventory.img`,
		});
		expect(readdirSync(empty)).toEqual([]);
	});

	test('a parent that is absolute, missing or a file', async () => {
		const bundle = countingBundle();
		const images = scratch('images');
		mkdirSync(join(images, 'there'));
		writeFileSync(join(images, 'file'), '');
		await using container = await runtime().run(containerId(), bundle.path, quiet);
		const saved = (parentPath: string) => failureOf(container.checkpoint(images, { parentPath }));
		expect(await saved('/there')).toMatchObject({
			code: 'ERR_ARGUMENT',
			message: expect.stringMatching(/--parent-path/),
		});
		expect(await saved('absent')).toMatchObject({ code: 'ERR_CHECKPOINT', errno: 'ENOENT' });
		expect(await saved('file')).toMatchObject({ code: 'ERR_CHECKPOINT', errno: 'ENOTDIR' });
	});
});

describeWith([root, busybox], 'what cannot be saved or restored', () => {
	test('notified system calls', async () => {
		const { path } = countingBundle((config) => {
			config.linux['seccomp'] = {
				defaultAction: 'SCMP_ACT_ALLOW',
				syscalls: [{ names: ['mkdir'], action: 'SCMP_ACT_NOTIFY' }],
			};
		});
		await using container = await newRuntime().run(containerId(), path, {
			...quiet,
			onSyscall: () => ({ errno: 'EPERM' }),
		});
		expect(await failureOf(container.checkpoint(scratch('images')))).toMatchObject({
			code: 'ERR_CONFIG_UNSUPPORTED',
			pointer: '/linux/seccomp/syscalls/0/action',
		});
		expect((await container.state()).status).toBe('running');
	});

	test('into a terminal that nobody takes', async () => {
		const { path } = countingBundle((config) => {
			config.process.terminal = true;
		});
		expect(await failureOf(newRuntime().restore(containerId(), path, imagesLike(), quiet))).toMatchObject({
			code: 'ERR_CONSOLE',
			pointer: '/process/terminal',
		});
	});

	test('into a cgroup namespace that is there', async () => {
		const { path } = countingBundle((config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
			config.linux.namespaces.push({ type: 'cgroup', path: '/proc/self/ns/cgroup' });
		});
		expect(await failureOf(newRuntime().restore(containerId(), path, imagesLike(), quiet))).toMatchObject({
			code: 'ERR_CONFIG_UNSUPPORTED',
			pointer: expect.stringMatching(/^\/linux\/namespaces\/\d+\/path$/),
		});
	});
});
