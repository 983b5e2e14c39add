import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import type { Config, ConfigMount } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { run } from '../harness/inside.js';
import { idMappedScratch } from '../harness/mapped-ids.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

const mapping = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const mapped = { uidMappings: mapping, gidMappings: mapping };

const withoutUserNamespace = (): void => {};
const withUserNamespace = (config: Config): void => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, mapped);
};

const both: [string, (config: Config) => void][] = [
	['', withoutUserNamespace],
	[' in a user namespace', withUserNamespace],
];

/** A directory with a file of 1:2, in one that nobody but root looks into. */
function tree(): string {
	const folder = scratch('closed');
	const path = join(folder, 'tree');
	mkdirSync(join(path, 'below'), { recursive: true });
	writeFileSync(join(path, 'file'), path);
	chownSync(join(path, 'file'), 1, 2);
	chmodSync(folder, 0o700);
	return path;
}

/** Two trees of the host, one in the other, that are mounted at /tree and /tree/below; `more` mounts what comes of them. */
function withTrees(script: string, edit: (config: Config) => void, more: (rootfs: string) => ConfigMount[]): Bundle {
	const bundle = scriptBundle(script);
	const { config, rootfs, path } = bundle;
	for (const name of ['tree', 'copy', 'again']) mkdirSync(join(rootfs, name));
	config.mounts.push(
		{ destination: '/tree', source: tree(), options: ['rbind'] },
		{ destination: '/tree/below', source: tree(), options: ['rbind'] },
		...more(rootfs),
	);
	edit(config);
	writeFileSync(join(path, 'config.json'), JSON.stringify(config));
	return bundle;
}

const show = 'stat -c "%n %u:%g" /copy/file /copy/below/file';

describeWith([root, busybox, idMappedScratch], 'mapped ids of a mount that the container itself has', () => {
	test.each([
		['', withoutUserNamespace, '100001:100002', '1:2'],
		[' in a user namespace', withUserNamespace, '1:2', '65534:65534'],
	])('the mount alone%s', async (_title, edit, mount, below) => {
		const { path } = withTrees(show, edit, (rootfs) => [
			{ destination: '/copy', source: join(rootfs, 'tree'), options: ['rbind'], ...mapped },
		]);
		expect(await run(path)).toMatchObject({
			stdout: `/copy/file ${mount}\n/copy/below/file ${below}\n`,
			stderr: '',
		});
	});

	test.each([
		['', withoutUserNamespace, '100001:100002'],
		[' in a user namespace', withUserNamespace, '1:2'],
	])('with all that is mounted below%s', async (_title, edit, ids) => {
		const { path } = withTrees(show, edit, (rootfs) => [
			{ destination: '/copy', source: join(rootfs, 'tree'), options: ['rbind', 'ridmap'], ...mapped },
		]);
		expect(await run(path)).toMatchObject({ stdout: `/copy/file ${ids}\n/copy/below/file ${ids}\n`, stderr: '' });
	});

	test.each(both)('the source keeps its own, and a later mount is of what is there by then%s', async (_title, edit) => {
		const { path } = withTrees('cat /again/below/file; stat -c %u /tree/file', edit, (rootfs) => [
			{ destination: '/copy', source: join(rootfs, 'tree/below'), options: ['rbind'], ...mapped },
			{ destination: '/again', source: join(rootfs, 'tree'), options: ['rbind', 'ridmap'], ...mapped },
		]);
		const { stdout, stderr } = await run(path);
		expect(stderr).toBe('');
		expect(stdout).toMatch(edit === withUserNamespace ? /tree\S*65534\n$/ : /tree\S*1\n$/);
	});

	test.each(both)('what has mapped ids already is refused, with the place%s', async (_title, edit) => {
		const { path } = withTrees('true', edit, (rootfs) => [
			{ destination: '/copy', source: join(rootfs, 'tree'), options: ['rbind'], ...mapped },
			{ destination: '/again', source: join(rootfs, 'copy'), options: ['rbind'], ...mapped },
		]);
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			message: expect.stringMatching(/^cannot map the ids of \S+\/rootfs\/copy/),
			pointer: expect.stringMatching(/^\/mounts\/\d+\/source$/),
			syscall: 'mount_setattr',
			errno: 'EPERM',
			hint: expect.stringContaining('not mapped again'),
		});
	});

	test.each(both)('a source that is not there is an error%s', async (_title, edit) => {
		const { path } = withTrees('true', edit, (rootfs) => [
			{ destination: '/copy', source: join(rootfs, 'tree/none'), options: ['rbind'], ...mapped },
		]);
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/mounts\/\d+\/source$/),
			syscall: 'open_tree',
			errno: 'ENOENT',
			hint: expect.stringContaining('source of a bind mount'),
		});
	});
});
