import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBundle } from '../../../lib/spec/index.js';
import { configWith } from './minimal.js';

let bundle: string;
let file: string;
beforeEach(() => {
	bundle = mkdtempSync(join(tmpdir(), 'bundle-'));
	file = join(bundle, 'config.json');
});
afterEach(() => rmSync(bundle, { recursive: true, force: true }));

test('gives the spec with the names of bundle and file', async () => {
	writeFileSync(file, configWith());
	const loaded = await loadBundle(bundle);
	expect(loaded).toMatchObject({ bundle, file, text: configWith(), spec: { root: { path: 'rootfs' } } });
	expect(loaded.placeOf('/root')?.file).toBe(file);
});

test('a bundle named by a symbolic link is its real directory where a path of the config leads out of it', async () => {
	const link = join(bundle, 'link');
	const inside = join(bundle, 'a', 'b');
	mkdirSync(inside, { recursive: true });
	symlinkSync(inside, link);
	const bundleOf = async (text: string) => {
		writeFileSync(join(inside, 'config.json'), text);
		return (await loadBundle(link)).bundle;
	};
	expect(await bundleOf(configWith({ root: { path: '../../rootfs' } }))).toBe(inside);
	expect(await bundleOf(configWith({ mounts: [{ destination: '/x', source: 'y/../../x' }] }))).toBe(inside);
	expect(await bundleOf(configWith({ root: { path: '/..a/../rootfs' } }))).toBe(link);
	expect(await bundleOf(configWith({ mounts: [{ destination: '/x', source: '..x' }] }))).toBe(link);
	writeFileSync(file, configWith({ root: { path: '../rootfs' } }));
	await expect(loadBundle('/no/bundle', file)).rejects.toMatchObject({ code: 'ERR_BUNDLE', path: '/no/bundle' });
});

test('a missing config.json or bundle', async () => {
	await expect(loadBundle(bundle)).rejects.toMatchObject({
		code: 'ERR_BUNDLE',
		message: `cannot read ${file}: no such file or directory`,
		path: file,
		errno: 'ENOENT',
		syscall: 'open',
	});
	await expect(loadBundle(join(bundle, 'nowhere'))).rejects.toMatchObject({
		code: 'ERR_BUNDLE',
		message: expect.stringContaining('no such file or directory'),
	});
});

test('a directory in its place', async () => {
	mkdirSync(file);
	await expect(loadBundle(bundle)).rejects.toMatchObject({ code: 'ERR_BUNDLE', path: file });
});

test('a fifo in its place is refused without waiting for a writer', async () => {
	execFileSync('mkfifo', [file]);
	await expect(loadBundle(bundle)).rejects.toMatchObject({
		code: 'ERR_BUNDLE',
		message: `cannot read ${file}: not a regular file`,
	});
});

test('more than 16 MiB', async () => {
	writeFileSync(file, '');
	truncateSync(file, 16 * 1024 * 1024 + 1);
	await expect(loadBundle(bundle)).rejects.toMatchObject({
		code: 'ERR_BUNDLE',
		message: expect.stringContaining('at most 16777216 bytes'),
	});
});

test('one string of nearly 16 MiB', async () => {
	const annotations = { long: 'x\\"'.repeat(3 * 1024 * 1024) };
	writeFileSync(file, configWith({ annotations }));
	expect((await loadBundle(bundle)).spec.annotations).toEqual(annotations);
});

test('bytes that are not UTF-8, with their line', async () => {
	writeFileSync(
		file,
		Buffer.concat([Buffer.from('{\n"hostname": "é",\n"a": "'), Buffer.from([0xc3, 0x28]), Buffer.from('"\n}')]),
	);
	await expect(loadBundle(bundle)).rejects.toMatchObject({
		code: 'ERR_CONFIG_SYNTAX',
		where: { file, line: 3, column: 1 },
	});
});

test('a byte order mark', async () => {
	writeFileSync(file, `\uFEFF${configWith()}`);
	await expect(loadBundle(bundle)).rejects.toMatchObject({
		code: 'ERR_CONFIG_SYNTAX',
		where: { line: 1, column: 1 },
		message: expect.stringContaining('a byte order mark stands here'),
	});
});

test('a file that has changed is read anew, one that has not gives the same config', async () => {
	writeFileSync(file, configWith({ annotations: { a: 'one' } }));
	const first = await loadBundle(bundle);
	expect((await loadBundle(bundle)).spec).toBe(first.spec);
	writeFileSync(file, configWith({ annotations: { a: 'two' } }));
	expect((await loadBundle(bundle)).spec.annotations).toEqual({ a: 'two' });
	writeFileSync(file, configWith({ hostname: 3 }));
	await expect(loadBundle(bundle)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
});

test('a replacement character that stands in the file is no fault of it', async () => {
	writeFileSync(file, configWith({ annotations: { a: 'h\uFFFD' } }));
	expect((await loadBundle(bundle)).spec.annotations).toEqual({ a: 'h\uFFFD' });
});
