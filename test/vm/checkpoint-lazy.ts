import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { counting, countOf, counts } from './counting.js';
import { newId, program, refused, succeed, tsrun, until } from './guest.js';

const [address, port] = ['127.0.0.1', '27277'];

test('checkpoint: memory stays behind, and is fetched when it is touched', async () => {
	const path = counting();
	const images = join(path, 'images');
	const [first, second] = [newId(), newId()];
	const children: ReturnType<typeof spawn>[] = [];
	try {
		succeed('run', '--detach', '--bundle', path, first);
		await counts(path, 3);
		const words = ['--lazy-pages', '--page-server', `${address}:${port}`, '--status-fd', '3', '--image-path', images];
		const saving = spawn(program, ['checkpoint', ...words, first], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
		children.push(saving);
		const ended = once(saving, 'exit');
		const [ready] = await once(saving.stdio[3] as Readable, 'data');
		assert.deepEqual([...ready], [0]);
		const saved = countOf(path);
		assert.equal(saving.exitCode, null);

		const there = ['--address', address, '--port', port, '--images-dir', images, '--work-dir', images];
		const serving = spawn('criu', ['lazy-pages', '--page-server', ...there], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		children.push(serving);
		const served = once(serving, 'exit');
		await until('somebody serves pages', () => existsSync(join(images, 'lazy-pages.socket')));
		succeed('restore', '--detach', '--lazy-pages', '--bundle', path, '--image-path', images, second);
		await counts(path, saved);
		assert.ok(countOf(path) < saved + 500);
		assert.deepEqual(await ended, [0, null]);
		assert.deepEqual(await served, [0, null]);
		assert.match(refused('state', first), /container does not exist/);
		assert.equal(JSON.parse(succeed('state', second)).status, 'running');
	} finally {
		for (const child of children) child.kill('SIGKILL');
		for (const id of [first, second]) tsrun('delete', '--force', id);
	}
});
