import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { run } from '../harness/inside.js';
import { exchange, repeat } from '../harness/racer.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';
import { Target } from '../harness/target.js';
import { openat2, runWithout } from '../harness/without-call.js';

// The paths of a container are walked alike in both views of the cgroups: most of the time is given to one.
const seconds = process.env['TSRUN_TEST_VIEW'] === 'cgroup2' ? 1 : 3;

/** By an absolute path and by one that climbs. */
const waysOut = [
	['absolute', (target: Target) => target.path],
	['climbing', (target: Target) => `${'../'.repeat(30)}${target.path.slice(1)}`],
] as const;

/** A volume in which `real` is a directory and `evil` a symlink to the target. */
function volumeWith(target: Target, way: (target: Target) => string): string {
	const volume = scratch('volume');
	mkdirSync(join(volume, 'real'));
	symlinkSync(way(target), join(volume, 'evil'));
	return volume;
}

const hostMounts = () => readFileSync('/proc/self/mountinfo', 'utf8');

/** Changes the configuration of one round; what is made on the way has another name in each. */
type Edit = (config: Config, round: number) => void;

/** Makes containers of a volume for some seconds while `real` and `evil` are exchanged in it. */
async function race(
	way: (target: Target) => string,
	script: string,
	edit: Edit,
	attempt: (path: string) => Promise<{ stdout: string; stderr: string }> = run,
): Promise<void> {
	const target = new Target();
	const volume = volumeWith(target, way);
	const box = scriptBundle(script, (config) => {
		config.root.readonly = false;
		config.mounts.push({ destination: '/volume', source: volume, options: ['bind'] });
	});
	await using _racer = await exchange(volume, 'real', 'evil');
	const mounts = hostMounts();
	let said = '';
	const { succeeded } = await repeat(
		seconds,
		async (round) => {
			const config = structuredClone(box.config);
			edit(config, round);
			writeFileSync(join(box.path, 'config.json'), JSON.stringify(config));
			const { stdout, stderr } = await attempt(box.path);
			said += stdout + stderr;
		},
		() => {
			target.expectUntouched();
			expect(hostMounts()).toBe(mounts);
		},
	);
	expect(said).not.toContain('untouched');
	// Otherwise the attack has not been staged.
	expect(succeeded).toBeGreaterThan(0);
}

const show = 'cat /volume/real/file /volume/evil/file 2>/dev/null; true';

describeWith([root, busybox, staticCompiler], 'while a directory on the way is exchanged for a symlink', () => {
	test.each(waysOut)('CVE-2021-30465: a mount onto it stays in the container, %s', async (_, way) => {
		const source = scratch('source');
		await race(way, show, (config) => {
			config.mounts.push(
				{ destination: '/volume/real', type: 'tmpfs' },
				{ destination: '/volume/evil', source, options: ['bind'] },
			);
		});
	});

	test.each(waysOut)('CVE-2024-45310: what is made to be mounted on is made in the container, %s', async (_, way) => {
		const file = join(scratch('source'), 'data');
		writeFileSync(file, 'data');
		await race(way, show, (config, round) => {
			config.mounts.push(
				{ destination: `/volume/real/in${round}/deeper`, type: 'tmpfs' },
				{ destination: `/volume/real/made${round}`, source: file, options: ['bind'] },
			);
		});
	});

	test.each(waysOut)(
		'CVE-2019-18837: neither devices nor the working directory are made elsewhere, %s',
		async (_, way) => {
			await race(way, show, (config, round) => {
				config.process.cwd = `/volume/real/work${round}`;
				config.linux['devices'] = [{ path: `/volume/real/device${round}`, type: 'c', major: 1, minor: 3 }];
			});
		},
	);

	test.each(waysOut)('CVE-2022-23648: tmpcopyup copies nothing of the host, %s', async (_, way) => {
		await race(way, 'cat /volume/real/file /volume/evil/file 2>/dev/null; true', (config) => {
			config.mounts.push({ destination: '/volume/real', type: 'tmpfs', options: ['tmpcopyup'] });
		});
	});

	test.each(waysOut)('CVE-2025-31133: what is masked and made read-only is in the container, %s', async (_, way) => {
		await race(way, show, (config) => {
			Object.assign(config.linux, {
				maskedPaths: ['/volume/real/folder', '/volume/evil/file'],
				readonlyPaths: ['/volume/real'],
			});
		});
	});
});

// Before Linux 5.6, and where a profile hides the call, the helper walks by itself.
describeWith([root, busybox, staticCompiler], 'without openat2(2)', () => {
	const attempt = (path: string) => runWithout(openat2, path);

	test.each(waysOut)(
		'CVE-2021-30465, CVE-2024-45310: mounts and what is made for them stay inside, %s',
		async (_, way) => {
			const source = scratch('source');
			const edit: Edit = (config, round) => {
				config.mounts.push(
					{ destination: '/volume/real', source, options: ['bind'] },
					{ destination: `/volume/evil/../real/in${round}/made`, type: 'tmpfs' },
				);
			};
			await race(way, show, edit, attempt);
		},
	);

	test.each(waysOut)(
		'CVE-2019-18837, CVE-2025-31133: so do devices, masks and what is read-only, %s',
		async (_, way) => {
			const edit: Edit = (config, round) => {
				config.process.cwd = `/volume/real/work${round}`;
				Object.assign(config.linux, {
					devices: [{ path: `/volume/real/device${round}`, type: 'c', major: 1, minor: 3 }],
					maskedPaths: ['/volume/real/folder', '/volume/evil/file'],
					readonlyPaths: ['/volume/evil/../real'],
				});
			};
			await race(way, show, edit, attempt);
		},
	);
});

describeWith([root, busybox, staticCompiler], 'while /dev of the image is exchanged for a symlink', () => {
	// CVE-2026-47766 is the same in crun.
	test.each(waysOut)('CVE-2026-41579: the fixed names are neither made nor removed elsewhere, %s', async (_, way) => {
		const target = new Target(['ptmx', 'fd', 'console', 'null']);
		const box: Bundle = scriptBundle('true', (config) => {
			config.root.readonly = false;
			config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
		});
		mkdirSync(join(box.rootfs, 'dev'), { recursive: true });
		symlinkSync(way(target), join(box.rootfs, 'evil'));
		await using _racer = await exchange(box.rootfs, 'dev', 'evil');
		await repeat(
			seconds,
			() => run(box.path),
			() => target.expectUntouched(),
		);
	});

	test.each(waysOut)('CVE-2025-52565: the console is not mounted elsewhere, %s', async (_, way) => {
		const target = new Target(['console']);
		const mounts = hostMounts();
		const box = scriptBundle('true', (config) => {
			config.root.readonly = false;
			config.process.terminal = true;
			// A devpts that /dev leads to in either shape.
			config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
			config.mounts.push({
				destination: '/dev/pts',
				type: 'devpts',
				source: 'devpts',
				options: ['newinstance', 'ptmxmode=0666'],
			});
		});
		mkdirSync(join(box.rootfs, 'dev/pts'), { recursive: true });
		symlinkSync(way(target), join(box.rootfs, 'evil'));
		await using _racer = await exchange(box.rootfs, 'dev', 'evil');
		await repeat(
			seconds,
			() => run(box.path),
			() => {
				target.expectUntouched();
				expect(hostMounts()).toBe(mounts);
			},
		);
	});
});
