import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config, ConfigMount } from '../harness/config.js';
import { counted, countingBundle, criu } from '../harness/criu.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime, run } from '../harness/inside.js';
import { idMappedScratch } from '../harness/mapped-ids.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const mapping = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const mapped = { uidMappings: mapping, gidMappings: mapping };

const withUserNamespace = (config: Config): void => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, mapped);
};

/** A container that binds `linked/secret` of its own root, where `linked` is a link of the image to a directory of the host. */
function linked(mount: Partial<ConfigMount>, edit: (config: Config) => void) {
	const host = scratch('host');
	writeFileSync(join(host, 'secret'), 'of the host');
	const box = scriptBundle('cat /got');
	writeFileSync(join(box.rootfs, 'got'), '');
	symlinkSync(host, join(box.rootfs, 'linked'));
	box.config.mounts.push({
		destination: '/got',
		source: join(box.rootfs, 'linked/secret'),
		options: ['bind'],
		...mount,
	});
	edit(box.config);
	writeFileSync(join(box.path, 'config.json'), JSON.stringify(box.config));
	return { host, ...box };
}

const cases: [string, Partial<ConfigMount>, (config: Config) => void][] = [
	['as they are', {}, () => {}],
	['as they are, in a user namespace', {}, withUserNamespace],
	['with mapped ids', mapped, () => {}],
	['with mapped ids, in a user namespace', mapped, withUserNamespace],
];

describeWith([root, busybox, idMappedScratch], 'a symlink of the image in the source of a bind mount', () => {
	test.each(cases)('does not lead to the host: files bound %s', async (_title, mount, edit) => {
		expect(await failureOf(run(linked(mount, edit).path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/mounts\/\d+/),
			syscall: 'open_tree',
			errno: 'ENOENT',
		});
	});

	test.each(cases)('leads to what the image has of that name: files bound %s', async (_title, mount, edit) => {
		const { host, path, rootfs } = linked(mount, edit);
		mkdirSync(join(rootfs, host), { recursive: true });
		writeFileSync(join(rootfs, host, 'secret'), 'of the image');
		expect((await run(path)).stdout).toBe('of the image');
	});
});

/** A container that counts and binds `source/secret` of its own root, and the images that it was saved to. */
async function saved(mount: Partial<ConfigMount>) {
	const box = countingBundle();
	const { path, rootfs, config } = box;
	for (const folder of ['source', 'got']) mkdirSync(join(rootfs, folder));
	writeFileSync(join(rootfs, 'source/secret'), 'of the image');
	writeFileSync(join(rootfs, 'got/secret'), '');
	const bind = { destination: '/got/secret', source: join(rootfs, 'source/secret'), options: ['bind'] };
	config.mounts.push({ ...bind, ...mount });
	writeFileSync(join(path, 'config.json'), JSON.stringify(config));
	const images = join(scratch(), 'images');
	await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
	await counted(box);
	await container.checkpoint(images);
	await container.wait();
	return { ...box, images };
}

describeWith([root, busybox, criu, idMappedScratch], 'a symlink in the source of a bind mount that is restored', () => {
	const ways: [string, Partial<ConfigMount>][] = [
		['as they are', {}],
		['with mapped ids', mapped],
	];

	test.each(ways)('does not lead to the host: files bound %s', async (_title, mount) => {
		const host = scratch('host');
		writeFileSync(join(host, 'secret'), 'of the host');
		const { path, rootfs, images } = await saved(mount);
		rmSync(join(rootfs, 'source'), { recursive: true });
		symlinkSync(host, join(rootfs, 'source'));
		expect(await failureOf(newRuntime().restore(containerId(), path, images, { stdio: 'ignore' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			syscall: 'open_tree',
			errno: 'ENOENT',
		});
	});

	test.each(ways)('where there is none, the file is there again: bound %s', async (_title, mount) => {
		const { path, images } = await saved(mount);
		await using container = await newRuntime().restore(containerId(), path, images, { stdio: 'ignore' });
		const search = await container.exec(['grep', '-q', 'of the image', '/got/secret'], { stdio: 'ignore' });
		expect(await search.wait()).toEqual({ code: 0, signal: null });
		await container.kill(9);
		await container.wait();
	});
});
