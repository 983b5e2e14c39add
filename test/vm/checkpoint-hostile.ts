// Checkpoints that come from somewhere else, with a CRIU that works: what the same attacks in test/security need, too.
import assert from 'node:assert/strict';
import {
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkpoint, counting, countOf, counts } from './counting.js';
import { newId, refused, succeed, tsrun } from './guest.js';

/** A bundle whose container was saved, and the directory of its images. */
async function saved(stage: (images: string) => void = () => {}, edit?: Parameters<typeof counting>[0]) {
	const path = counting(edit);
	const images = join(path, 'images');
	mkdirSync(images, { mode: 0o700 });
	stage(images);
	const id = newId();
	try {
		succeed('run', '--detach', '--bundle', path, id);
		await counts(path, 3);
		checkpoint(id, images);
	} finally {
		tsrun('delete', '--force', id);
	}
	return { path, images, count: countOf(path) };
}

const restore = ['restore', '--detach'];

/** Restores, looks while the container counts on, and deletes it. */
async function restored(
	{ path, images, count }: Awaited<ReturnType<typeof saved>>,
	look: (id: string) => void = () => {},
): Promise<void> {
	const id = newId();
	try {
		succeed(...restore, '--bundle', path, '--image-path', images, id);
		await counts(path, count);
		look(id);
	} finally {
		tsrun('delete', '--force', id);
	}
}

test('CVE-2026-50195, CVE-2026-53492: a link in place of a log is removed, and what it leads to is not written', async () => {
	const names = ['dump.log', 'restore.log', 'descriptors.json'];
	let victims = '';
	const made = await saved((images) => {
		victims = join(images, '../victims');
		mkdirSync(victims);
		for (const name of names) writeFileSync(join(victims, name), 'untouched');
		symlinkSync(join(victims, 'dump.log'), join(images, 'dump.log'));
		linkSync(join(victims, 'restore.log'), join(images, 'restore.log'));
		symlinkSync(join(victims, 'descriptors.json'), join(images, 'descriptors.json'));
	});
	await restored(made);
	for (const name of names) {
		assert.ok(lstatSync(join(made.images, name)).isFile(), name);
		assert.equal(readFileSync(join(victims, name), 'utf8'), 'untouched');
	}
});

test('CVE-2026-50195, CVE-2026-53492: descriptors behind a link, or without form, are not taken', async () => {
	const { path, images } = await saved();
	const file = join(images, 'descriptors.json');
	const attempt = (reason: RegExp) => {
		const id = newId();
		assert.match(refused(...restore, '--bundle', path, '--image-path', images, id), reason);
		assert.notEqual(tsrun('state', id).status, 0);
	};
	renameSync(file, join(path, 'elsewhere'));
	symlinkSync(join(path, 'elsewhere'), file);
	attempt(/descriptors\.json.*(symbolic link|ELOOP)/);
	for (const text of ['{"0": "pipe:[1]"}', '[1, 2, 3]', '["pipe:[1]"', `["${'x'.repeat(1 << 20)}"]`]) {
		rmSync(file);
		writeFileSync(file, text);
		attempt(/cannot use .*descriptors\.json/);
	}
});

test('CVE-2026-53489: hooks, mounts and annotations beside the images are not looked at', async () => {
	const made = await saved();
	const told = join(made.path, 'told');
	const config = JSON.parse(readFileSync(join(made.path, 'config.json'), 'utf8'));
	config.hooks = { createRuntime: [{ path: '/bin/sh', args: ['sh', '-c', `echo hook >${told}`] }] };
	config.mounts.push({ destination: '/host', source: '/etc', options: ['bind'] });
	config.annotations = { 'org.criu.config': '/etc/criu/of-the-image.conf' };
	for (const name of ['config.json', 'spec.dump', 'config.dump']) {
		writeFileSync(join(made.images, name), JSON.stringify(config));
	}
	await restored(made, (id) => {
		assert.equal(existsSync(told), false);
		assert.equal(JSON.parse(succeed('state', id)).annotations, undefined);
		refused('exec', id, 'cat', '/host/passwd');
	});
});

for (const kind of ['absolute', 'climbing']) {
	test(`a restored container: a mount point that has become an ${kind} symlink leads nowhere outside`, async () => {
		const { path, images } = await saved(
			(images) => mkdirSync(join(images, '../volume')),
			(config) => {
				// Below the bundle.
				(config['mounts'] as object[]).push({ destination: '/volume/deep', source: 'volume', options: ['bind'] });
			},
		);
		const target = join(path, 'target');
		mkdirSync(target);
		rmSync(join(path, 'rootfs/volume'), { recursive: true });
		symlinkSync(kind === 'absolute' ? target : `${'../'.repeat(30)}${target.slice(1)}`, join(path, 'rootfs/volume'));
		const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
		const id = newId();
		// The place that was saved is another one now: CRIU may refuse.
		tsrun(...restore, '--bundle', path, '--image-path', images, id);
		tsrun('delete', '--force', id);
		assert.deepEqual(readdirSync(target), []);
		assert.equal(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
	});
}
