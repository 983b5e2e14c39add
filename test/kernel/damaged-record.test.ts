import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

describeWith([root, busybox], 'a record that cannot be read', () => {
	test.each([
		['cut off', (text: string) => text.slice(0, 50)],
		['not an object', () => '[]'],
		['of a later version', (text: string) => JSON.stringify({ ...JSON.parse(text), version: 999 })],
		['without members', () => '{"version": 1}'],
	])('%s: every verb says so, and list shows the others', async (_, spoil) => {
		const folder = scratch('spoiled');
		const runtime = newRuntime({ root: folder });
		const [id, other] = [containerId(), containerId()];
		await using container = await runtime.create(id, scriptBundle('true').path, { stdio: 'ignore' });
		await using _good = await runtime.create(other, scriptBundle('true').path, { stdio: 'ignore' });
		const file = join(folder, id, 'state.json');
		const good = readFileSync(file, 'utf8');
		writeFileSync(file, spoil(good));
		for (const attempt of [runtime.get(id), container.state(), container.start(), container.kill(9)]) {
			expect(await failureOf(attempt)).toMatchObject({ code: 'ERR_STATE_CORRUPT', path: file });
		}
		const { containers, errors } = await runtime.list();
		expect(containers.map((one) => one.id)).toEqual([other]);
		expect(errors).toHaveLength(1);
		// What it has made is only known with a record that can be read.
		writeFileSync(file, good);
		await container.delete();
	});

	test.each([
		['cut off in its middle', (text: string) => text.slice(0, text.indexOf('"namespaces"'))],
		['overwritten at its end', (text: string) => `${text.slice(0, -40)}${'x'.repeat(40)}`],
		['of a later version', (text: string) => text.replace(/"version":\d+/, '"version":999')],
	])('%s: delete --force ends and removes what it still tells of', async (_, spoil) => {
		const folder = scratch('spoiled');
		const id = containerId();
		const container = await newRuntime({ root: folder }).run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
		const cgroups = readFileSync(`/proc/${container.pid}/cgroup`, 'utf8');
		expect(cgroups).toContain(id);
		const file = join(folder, id, 'state.json');
		writeFileSync(file, spoil(readFileSync(file, 'utf8')));
		const on = (...words: string[]) => tsrun(['--root', folder, ...words], { root: false });
		expect(await on('delete', id)).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot be used') });
		expect(await on('delete', '--force', id)).toMatchObject({ status: 0, stderr: '' });
		expect(await container.wait({ signal: AbortSignal.timeout(5000) })).toEqual({ code: null, signal: 9 });
		expect(readdirSync(folder).filter((name) => name === id)).toEqual([]);
	});

	test('that tells nothing: delete --force removes it, and says what it does not know', async () => {
		const folder = scratch('spoiled');
		const id = containerId();
		mkdirSync(join(folder, id), { mode: 0o700 });
		writeFileSync(join(folder, id, 'state.json'), '{"vers');
		const { status, stderr } = await tsrun(['--root', folder, 'delete', '--force', id], { root: false });
		expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('told nothing of its processes') });
		expect(existsSync(join(folder, id))).toBe(false);
	});
});
