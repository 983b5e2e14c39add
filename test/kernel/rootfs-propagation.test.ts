import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { newRuntime } from '../harness/inside.js';
import { mountAt, mountsInside } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

async function rootWith(rootfsPropagation: string | undefined): Promise<string[]> {
	const mounts = await mountsInside((config) => {
		if (rootfsPropagation !== undefined) config.linux['rootfsPropagation'] = rootfsPropagation;
	});
	return mountAt(mounts, '/').propagation.map((field) => field.replace(/:\d+$/, ''));
}

describeWith([root, busybox], 'rootfsPropagation', () => {
	test.each([
		['private', []],
		['rprivate', []],
		['shared', ['shared']],
		['rshared', ['shared']],
		['unbindable', ['unbindable']],
		['runbindable', ['unbindable']],
	])('%s', async (asked, seen) => {
		expect(await rootWith(asked)).toEqual(seen);
	});

	test('rslave: the mounts below hear the host, if there is anything to hear', async () => {
		using source = hostTmpfs(['--make-shared']);
		const mounts = await mountsInside((config) => {
			config.linux['rootfsPropagation'] = 'rslave';
			config.mounts.push({ destination: '/data', source: source.path, options: ['rbind'] });
		});
		expect(mountAt(mounts, '/data').propagation).toEqual([expect.stringMatching(/^master:/)]);
	});

	test.each([undefined, 'shared', 'rshared', 'slave', 'private', 'unbindable'])(
		'%s: no mount of the container appears on the host, though its bundle lies on a shared mount',
		async (rootfsPropagation) => {
			using shared = hostTmpfs(['--make-shared']);
			const { path } = scriptBundle('read -r end', (config) => {
				config.root.path = shared.path;
				if (rootfsPropagation !== undefined) config.linux['rootfsPropagation'] = rootfsPropagation;
			});
			copyRootfs(path, shared.path);
			const before = readFileSync('/proc/self/mountinfo', 'utf8');
			await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
			expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
			container.stdin?.end('end\n');
			if (container.stdout !== null) await text(container.stdout);
			expect(await container.wait()).toEqual({ code: 0, signal: null });
		},
	);
});

function copyRootfs(bundle: string, target: string): void {
	execFileSync('cp', ['-a', `${bundle}/rootfs/.`, target]);
}
