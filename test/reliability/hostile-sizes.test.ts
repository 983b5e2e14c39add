import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { newRuntime } from '../harness/inside.js';
import { ready } from '../harness/limited.js';
import { measured } from '../harness/measured.js';
import { privileged } from '../harness/nested.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';

const fine = { status: 0, stderr: '' };
const bounds = { mebibytes: 250, milliseconds: 15_000 };

async function expectBounded(args: readonly string[], ended: object = fine): Promise<string> {
	const { mebibytes, milliseconds, ...result } = await measured(args);
	expect(result).toMatchObject(ended);
	expect(mebibytes).toBeLessThan(bounds.mebibytes);
	expect(milliseconds).toBeLessThan(bounds.milliseconds);
	return result.stdout;
}

describeWith([root, busybox, staticCompiler], 'a container of unusual size', () => {
	test('two thousand mounts that its config asks for', async () => {
		const { path } = scriptBundle('grep -c " /many/" /proc/self/mountinfo', (config) => {
			const source = scratch('source');
			config.mounts.push({ destination: '/many', type: 'tmpfs', source: 'tmpfs' });
			for (let count = 0; count < 2000; count++)
				config.mounts.push({ destination: `/many/${count}`, type: 'bind', source, options: ['bind', 'ro'] });
		});
		expect(await expectBounded(['run', '--bundle', path, containerId()])).toBe('2000\n');
	});

	test('three thousand mounts that it makes itself', async () => {
		const many = 3000;
		const script = `mkdir /tmp/m; mount -t tmpfs none /tmp/m; n=0
while [ $n -lt ${many} ]; do mkdir /tmp/m/$n; mount -t tmpfs none /tmp/m/$n; n=$((n+1)); done; echo ready; exec sleep 600`;
		const { path } = scriptBundle(script, (config) => {
			privileged(config, ['CAP_SYS_ADMIN', 'CAP_DAC_OVERRIDE', 'CAP_KILL']);
			config.mounts.push({ destination: '/tmp', type: 'tmpfs', source: 'tmpfs' });
		});
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await ready(container);
		expect(readFileSync(`/proc/${container.pid}/mountinfo`, 'utf8').split('\n').length).toBeGreaterThan(many);
		expect(await expectBounded(['exec', container.id, 'echo', 'joined'])).toBe('joined\n');
		await expectBounded(['delete', '--force', container.id]);
	}, 60_000);

	test.each([
		['of 4000 bytes: it is mounted', '/deep'.repeat(800), { status: 0, stdout: 'there\n', stderr: '' }],
		['with a name that is too long', `/${'n'.repeat(256)}`, { status: 1, stderr: expect.stringContaining('too long') }],
		['of 5000 bytes', '/deep'.repeat(1000), { status: 1, stderr: expect.stringContaining('too long') }],
	])('a destination %s', async (_title, destination, ended) => {
		const { path } = scriptBundle(`cd ${destination} && echo there`, (config) => {
			config.mounts.push(
				{ destination: '/deep', type: 'tmpfs', source: 'tmpfs' },
				{ destination, type: 'tmpfs', source: 'tmpfs' },
			);
		});
		await expectBounded(['run', '--bundle', path, containerId()], ended);
	});

	test('a state root whose path is longer than the address of a socket', async () => {
		const root = join(scratch('long'), ...Array.from({ length: 10 }, () => 'r'.repeat(200)));
		const { path } = scriptBundle('sleep 600');
		const id = containerId();
		for (const words of [
			['create', '--bundle', path, id],
			['start', id],
			['exec', id, 'true'],
			['delete', '--force', id],
		])
			expect(await tsrun(['--root', root, ...words], { root: false })).toMatchObject(fine);
	});

	test.each([
		['a megabyte of environment in pieces of 1000 bytes', 1000, 1000, fine],
		[
			'one of 200 KB, which is more than the kernel takes',
			1,
			200_000,
			{ status: 1, stderr: expect.stringMatching(/too long/) },
		],
		['16 megabytes of it', 16_000, 1000, { status: 1, stderr: expect.stringMatching(/too long/) }],
	])('%s', async (_title, count, size, ended) => {
		const value = 'v'.repeat(size);
		for (const where of ['env', 'args'] as const) {
			const { path } = scriptBundle('true', (config) => {
				for (let index = 0; index < count; index++) config.process[where].push(`V${index}=${value}`);
			});
			await expectBounded(['run', '--bundle', path, containerId()], ended);
		}
	});
});

describeWith([root, busybox, staticCompiler], 'names that are no UTF-8', () => {
	test('of programs, files and folders in a container', async () => {
		const script = `name=$(printf '\\377\\376\\n'); mkdir /tmp/$name; cd /tmp/$name
printf '#!/bin/sh\\necho ready; sleep 600; :' >$name; chmod +x $name; exec ./$name "$name"`;
		const { path } = scriptBundle(script, (config) => {
			config.mounts.push({ destination: '/tmp', type: 'tmpfs', source: 'tmpfs' });
		});
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await ready(container);
		expect(await expectBounded(['ps', container.id])).toContain('sleep 600');
		expect(JSON.parse(await expectBounded(['ps', '--format', 'json', container.id]))).toContain(container.pid);
		await expectBounded(['exec', container.id, 'true']);
		await expectBounded(['delete', '--force', container.id]);
	});

	test('of a bundle: a path that cannot be written down is refused', async () => {
		const folder = scratch('bytes');
		const through = ['sh', '-c', `mkdir -p "${folder}/$(printf 'b\\377')" && cd ${folder}/b* && exec "$@"`, 'sh'];
		const result = await tsrun(['run', '--bundle', '.', containerId()], { through });
		expect(result).toMatchObject({ status: 1, stdout: '' });
		expect(result.stderr).toMatch(/config\.json|UTF-8|directory/);
	});
});
