import { chownSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { exchange, repeat } from '../harness/racer.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';
import { Target } from '../harness/target.js';

/** What the runtime removes in /dev, or would leave alone: all of it is somebody else's here. */
const fixedNames = ['ptmx', 'fd', 'console'];

/** A volume at /volume, for a program that may do nothing there. */
function withVolume(volume: string, edit: (config: Config) => void = () => {}): Bundle {
	return scriptBundle('true', (config) => {
		config.process.user = { uid: 1000, gid: 1000 };
		delete config.process['capabilities'];
		config.mounts.push({ destination: '/volume', source: volume, options: ['bind'] });
		edit(config);
	});
}

function replace(box: Bundle, path: string, to: string): void {
	rmSync(join(box.rootfs, path), { recursive: true, force: true });
	symlinkSync(to, join(box.rootfs, path));
}

const withoutDev = (config: Config) => {
	config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
};

// The same by symlinks that stay inside: they lead to a volume of the host.
describeWith([root, busybox], 'CVE-2026-41579: /dev of the image leads to a volume', () => {
	test.each(['/dev', '../dev', '/proc/../dev', 'dev/.'])('that is mounted by the name of a link to %s', async (to) => {
		const target = new Target(fixedNames);
		const box = withVolume(target.path);
		replace(box, 'volume', to);
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/mounts\/\d+/),
			errno: 'EPERM',
			message: expect.stringContaining('leads to /dev'),
		});
		target.expectUntouched();
	});

	test('and is itself a link, to a volume or to a directory of it', async () => {
		for (const to of ['/volume', 'volume', '/volume/folder']) {
			const target = new Target(fixedNames);
			const box = withVolume(target.path, withoutDev);
			replace(box, 'dev', to);
			expect(await failureOf(run(box.path))).toMatchObject({ code: 'ERR_STEP_FAILED', errno: 'ELOOP' });
			target.expectUntouched();
		}
	});

	test('nor is a volume mounted on the root directory, where exec would find it', async () => {
		for (const to of ['/', '..', '/proc/..', '.']) {
			const box = withVolume(scratch('volume'));
			replace(box, 'volume', to);
			expect(await failureOf(run(box.path))).toMatchObject({
				code: 'ERR_STEP_FAILED',
				message: expect.stringContaining('leads to the root directory'),
			});
		}
	});

	test('a new file system by the name of a link is refused too, one by its own name is not', async () => {
		const box = scriptBundle('true', (config) => config.mounts.push({ destination: '/other', type: 'tmpfs' }));
		replace(box, 'other', '/dev');
		expect(await failureOf(run(box.path))).toMatchObject({ code: 'ERR_STEP_FAILED', errno: 'EPERM' });
		const names = await inside('ls /dev', (config) => {
			withoutDev(config);
			config.mounts.push({ destination: '/./dev//', type: 'tmpfs', source: 'tmpfs' });
		});
		expect(names).toContain('ptmx');
	});
});

describeWith([root, busybox, staticCompiler], 'CVE-2026-41579: a link to /dev that comes and goes in a volume', () => {
	test('leads no other volume there', async () => {
		const target = new Target(fixedNames);
		const shared = scratch('shared');
		chownSync(shared, 0, 0);
		mkdirSync(join(shared, 'real'));
		symlinkSync('/dev', join(shared, 'evil'));
		const box = withVolume(shared, (config) => {
			config.root.readonly = false;
			config.mounts.push({ destination: '/volume/real', source: target.path, options: ['bind'] });
		});
		await using _racer = await exchange(shared, 'real', 'evil');
		const { succeeded } = await repeat(
			3,
			() => run(box.path),
			() => target.expectUntouched(),
		);
		// Otherwise the attack has not been staged.
		expect(succeeded).toBeGreaterThan(0);
	});
});
