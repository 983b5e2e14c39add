import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkpoint, counting, countOf, counts } from './counting.js';
import { bundle, cgroupOf, mebibyte, newId, pidOf, refused, succeed, tsrun, value } from './guest.js';

/** Runs a container, has `save` save it, and restores it; its count has to go on. */
async function savedAndRestored(
	path: string,
	save: (id: string, images: string) => void,
	look: (id: string) => void = () => {},
	globals: readonly string[] = [],
): Promise<void> {
	const id = newId();
	const images = join(path, 'images');
	try {
		succeed(...globals, 'run', '--detach', '--bundle', path, id);
		await counts(path, 3);
		save(id, images);
		const saved = countOf(path);
		assert.match(refused('state', id), /container does not exist/);
		succeed(...globals, 'restore', '--detach', '--bundle', path, '--image-path', images, id);
		await counts(path, saved);
		assert.ok(countOf(path) < saved + 500);
		look(id);
	} finally {
		tsrun('delete', '--force', id);
	}
}

test('checkpoint: a program goes on where it was, with the limits of the bundle', () => {
	const path = counting((config) => {
		config.linux.resources = { memory: { limit: 64 * mebibyte }, pids: { limit: 50 }, cpu: { shares: 512 } };
	});
	return savedAndRestored(path, checkpoint, (id) => {
		const cgroup = cgroupOf(pidOf(id));
		assert.equal(value(cgroup, 'memory.max'), String(64 * mebibyte));
		assert.equal(value(cgroup, 'pids.max'), '50');
		assert.equal(succeed('exec', id, 'cat', '/proc/self/cgroup'), '0::/');
	});
});

test('checkpoint: memory is saved in advance, and then what has changed', () =>
	savedAndRestored(counting(), (id, images) => {
		mkdirSync(images, { mode: 0o700 });
		succeed('checkpoint', '--pre-dump', '--image-path', join(images, 'first'), id);
		assert.equal(JSON.parse(succeed('state', id)).status, 'running');
		succeed('checkpoint', '--pre-dump', '--parent-path', '../first', '--image-path', join(images, 'second'), id);
		checkpointInto(id, images);
	}));

function checkpointInto(id: string, images: string): void {
	succeed('checkpoint', '--parent-path', 'second', '--image-path', images, id);
	assert.ok(existsSync(join(images, 'parent')));
}

test('checkpoint: a limit that is less than what is restored is an error, and not a wait', async () => {
	const large = `(x=$(head -c 24000000 /dev/zero | busybox tr '\\0' a); echo 1 >/count; while :; do sleep 1; done) & wait`;
	const path = bundle(large, (config) => {
		config['root'] = { path: 'rootfs' };
	});
	const [id, images, file] = [newId(), join(path, 'images'), join(path, 'config.json')];
	try {
		succeed('run', '--detach', '--bundle', path, id);
		await counts(path, 0);
		checkpoint(id, images);
		const config = JSON.parse(readFileSync(file, 'utf8'));
		config.linux.resources = { memory: { limit: 12 * mebibyte } };
		writeFileSync(file, JSON.stringify(config));
		// The kernel kills one of them, init or CRIU, which does not always come to wait for the one that was killed.
		for (let time = 0; time < 3; time += 1) {
			const said = refused('restore', '--detach', '--bundle', path, '--image-path', images, id);
			assert.match(said, /less than what is restored|OOM-killed|criu cannot restore/);
			assert.match(refused('state', id), /container does not exist/);
		}
	} finally {
		tsrun('delete', '--force', id);
	}
});

test('checkpoint: systemd makes the cgroup of the restored container', () => {
	const systemd = '--systemd-cgroup';
	const path = counting((config) => {
		config.linux.cgroupsPath = 'system.slice:vmtest:restored';
	});
	return savedAndRestored(
		path,
		(id, images) => void succeed(systemd, 'checkpoint', '--image-path', images, id),
		(id) => assert.match(cgroupOf(pidOf(id)), /\/system\.slice\/vmtest-restored\.scope$/),
		[systemd],
	);
});

test('checkpoint: a seccomp profile and capabilities hold on', () => {
	const path = counting((config) => {
		config.process['capabilities'] = { bounding: ['CAP_CHOWN'], effective: ['CAP_CHOWN'], permitted: ['CAP_CHOWN'] };
		config.process['noNewPrivileges'] = true;
		config.linux['seccomp'] = {
			defaultAction: 'SCMP_ACT_ALLOW',
			architectures: ['SCMP_ARCH_X86_64'],
			syscalls: [{ names: ['swapon'], action: 'SCMP_ACT_ERRNO' }],
		};
	});
	const facts = (id: string) =>
		readFileSync(`/proc/${pidOf(id)}/status`, 'utf8')
			.split('\n')
			.filter((line) => /^(Cap|NoNewPrivs|Seccomp)/.test(line));
	let before: string[] = [];
	return savedAndRestored(
		path,
		(id, images) => {
			before = facts(id);
			assert.ok(before.some((line) => /^Seccomp:\s+2$/.test(line)));
			checkpoint(id, images);
		},
		(id) => assert.deepEqual(facts(id), before),
	);
});
