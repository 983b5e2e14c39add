import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { countOf, counts } from './counting.js';
import { bundle, cgroupOf, newId, pidOf, refused, succeed, tsrun, until, value } from './guest.js';

const count = 'i=0; while :; do i=$((i+1)); echo $i >/count; sleep 0.1; done';
const place = '/sys/fs/cgroup/inner';
// Sleeping in a loop: a sleep is ended by being saved.
const enter = `(sh -c 'echo $$ >${place}/cgroup.procs; exec tail -f /dev/null') &`;

/** Init stays in the container's cgroup, which is where CRIU begins, and has a child in one of their own making. */
function withInnerCgroup(): string {
	return bundle(`busybox mkdir ${place}; echo 3 >${place}/cgroup.max.depth; ${enter} ${count}`, (config) => {
		config['root'] = { path: 'rootfs' };
		config.linux.resources = { pids: { limit: 50 } };
		for (const mount of config['mounts'] as { type: string; options?: string[] }[]) {
			if (mount.type === 'cgroup') mount.options = mount.options?.filter((option) => option !== 'ro') ?? [];
		}
	});
}

const processes = (cgroup: string): number => value(cgroup, 'cgroup.procs').split('\n').filter(Boolean).length;

/**
 * Once more where CRIU meets a process that it cannot hold, as one that is just being forked (seen with CRIU 4): the container runs on then,
 * and nothing of the first try is left.
 */
function checkpoint(...words: string[]): void {
	const { stderr, status } = tsrun('checkpoint', ...words);
	if (status !== 0 && /Unseizable non-zombie/.test(stderr)) succeed('checkpoint', ...words);
	else assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
}

/** Saves and restores in this mode; `look` is told the container's cgroup. */
async function restored(mode: string, look: (cgroup: string) => void): Promise<void> {
	const id = newId();
	const path = withInnerCgroup();
	const images = join(path, 'images');
	const words = ['--manage-cgroups-mode', mode, '--image-path', images];
	try {
		succeed('run', '--detach', '--bundle', path, id);
		await counts(path, 3);
		const cgroup = cgroupOf(pidOf(id));
		await until('the child is in its cgroup', () => processes(join(cgroup, 'inner')) === 1);
		// Not what the bundle says: which of the two comes back tells where it comes from.
		succeed('update', '--pids-limit', '40', id);
		checkpoint(...words, id);
		const saved = countOf(path);
		if (mode === 'strict') {
			assert.match(refused('restore', '--detach', '--bundle', path, ...words, id), /take full or soft/);
			assert.match(refused('state', id), /container does not exist/);
			assert.equal(existsSync(cgroup), false);
			return;
		}
		succeed('restore', '--detach', '--bundle', path, ...words, id);
		await counts(path, saved);
		assert.equal(cgroupOf(pidOf(id)), cgroup);
		assert.equal(value(cgroup, 'pids.max'), '50');
		look(cgroup);
	} finally {
		tsrun('delete', '--force', id);
	}
}

for (const mode of ['soft', 'full']) {
	test(`checkpoint: cgroups below that of the container, ${mode}: made again, with limits and processes`, () =>
		restored(mode, (cgroup) => {
			const inner = join(cgroup, 'inner');
			assert.deepEqual([value(inner, 'cgroup.max.depth'), processes(inner)], ['3', 1]);
		}));
}

test('checkpoint: cgroups below that of the container, ignore: all processes are in the latter', () =>
	restored('ignore', (cgroup) => {
		assert.equal(existsSync(join(cgroup, 'inner')), false);
		assert.ok(processes(cgroup) >= 2);
	}));

test('checkpoint: cgroups, strict: refused, because the container has its own by then', () =>
	restored('strict', () => assert.fail('restored')));
