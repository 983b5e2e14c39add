import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { installCall, staticCompiler } from '../harness/call-program.js';
import { newRuntime, run } from '../harness/inside.js';
import { largeProfile } from '../harness/large-profile.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { filtered, moments, withProfile } from '../harness/seccomp.js';
import { stateRoot } from '../harness/state-root.js';

const { EAFNOSUPPORT, ENOSYS, EPERM } = constants.errno;
const x86_64: Requirement = { what: 'an x86-64 machine', met: () => process.arch === 'x64' };
const cache = () => join(stateRoot(), '@seccomp');

describeWith([root, busybox, staticCompiler, x86_64], 'a profile of the size that engines ship', () => {
	test('has some four hundred calls, and what it says to all others', () => {
		const profile = largeProfile();
		const [allowed] = profile['syscalls'] as { names: string[] }[];
		expect(allowed?.names.length).toBeGreaterThan(380);
		expect(profile['defaultErrnoRet']).toBe(EPERM);
	});

	describe.each(moments)('%s', (_, noNewPrivileges) => {
		const everything = (config: Parameters<ReturnType<typeof withProfile>>[0]) => {
			withProfile(largeProfile(), noNewPrivileges)(config);
			const all = ['CAP_SYS_ADMIN', 'CAP_KILL', 'CAP_CHOWN', 'CAP_DAC_OVERRIDE'];
			config.process['capabilities'] = { bounding: all, effective: all, permitted: all };
		};

		test('lets busybox work, and keeps a privileged program from mounts and namespaces', async () => {
			const script =
				'exec 2>&1; echo a > /dev/shm/a && mv /dev/shm/a /dev/shm/b && sort /dev/shm/b | wc -l; sleep 0.01; ps | grep -c .; ' +
				'mount -t tmpfs t /mnt || unshare -n true || unshare -U true || reboot -f; swapoff /x; echo end';
			const { stdout, exit } = await run(scriptBundle(script, everything).path);
			expect(exit.code).toBe(0);
			const [one, processes, ...refusals] = stdout.trimEnd().split('\n');
			expect([one, Number(processes) > 2]).toEqual(['1', true]);
			expect(refusals.join('\n')).toMatch(/mount: permission denied.*unshare.*Operation not permitted/s);
			expect(refusals.at(-1)).toBe('end');
		});

		test('answers by its conditions, and ENOSYS to what is younger', async () => {
			const calls = ['135 8', '135 9', '41 40 1', '41 12345 1', '56 0x20000', '435', '462 1', '463', '5000', '166'];
			const results = await filtered(
				largeProfile(),
				calls.map((call) => `call native ${call}`).join('; '),
				noNewPrivileges,
			);
			expect(results.slice(1, 6)).toEqual([EPERM, EPERM, EAFNOSUPPORT, EPERM, ENOSYS].map((number) => `-${number}`));
			expect(results[0]).toMatch(/^\d+$/);
			// mseal(2), younger than libseccomp, is in the profile: whatever the kernel says of it, it is not EPERM.
			expect(results[6]).not.toBe(`-${EPERM}`);
			expect(results.slice(7)).toEqual([ENOSYS, ENOSYS, EPERM].map((number) => `-${number}`));
		});
	});

	test('holds for a program that is started beside', async () => {
		const { path, rootfs } = scriptBundle('sleep 1000', withProfile(largeProfile(), false));
		installCall(rootfs);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		await container.start();
		for (const noNewPrivileges of [true, false]) {
			const other = await container.exec(
				['sh', '-c', 'call native 166; call native 5000; grep Seccomp: /proc/self/status'],
				{
					stdio: 'pipe',
					noNewPrivileges,
				},
			);
			const output = other.stdout === null ? '' : await text(other.stdout);
			expect(output.split(/\s+/)).toEqual([`-${EPERM}`, `-${ENOSYS}`, 'Seccomp:', '2', '']);
			expect(await other.wait()).toEqual({ code: 0, signal: null });
		}
	});

	test('is compiled once, and kept where nobody else can write', async () => {
		const known = readdirSync(cache());
		expect(known).toHaveLength(1);
		expect(statSync(cache()).mode & 0o777).toBe(0o700);
		const file = join(cache(), known[0] ?? '');
		const before = statSync(file);
		const { path } = bundle(withProfile(largeProfile()));
		expect((await run(path)).exit).toEqual({ code: 0, signal: null });
		expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs, mode: before.mode });
		expect(await newRuntime().list()).toEqual({ containers: [], errors: [] });
	});
});

describeWith([root, busybox, staticCompiler], 'a cache of filters that cannot be trusted', () => {
	// A profile of its own for each, which no test before has brought into the memory of this process.
	const profile = (errnoRet: number) => ({
		defaultAction: 'SCMP_ACT_ALLOW',
		syscalls: [{ names: ['reboot'], action: 'SCMP_ACT_ERRNO', errnoRet }],
	});
	const withWarnings = async (errnoRet: number) => {
		const { path, rootfs } = scriptBundle('call native 169', withProfile(profile(errnoRet)));
		installCall(rootfs);
		const { stdout, warnings } = await run(path);
		expect(stdout).toBe(`-${errnoRet}\n`);
		return warnings.map(({ message }) => message);
	};

	test('is passed over, with a warning, and the container is filtered all the same', async () => {
		expect(await withWarnings(71)).toEqual([]);
		chmodSync(cache(), 0o777);
		expect(await withWarnings(72)).toEqual([
			expect.stringMatching(/others may write/),
			expect.stringMatching(/others may/),
		]);
		chmodSync(cache(), 0o700);
	});

	test('a filter that somebody put there is not loaded', async () => {
		const { native } = await import('../../lib/native/index.js');
		const { filterKey } = await import('../../lib/seccomp/program.js');
		const { parseSpec } = await import('../harness/parse-spec.js');
		const { config } = bundle(withProfile(profile(73)));
		const { seccomp } = parseSpec(JSON.stringify(config), 'config.json').spec.linux ?? {};
		if (seccomp === undefined) throw new Error('there is no profile');
		// One instruction: everything is allowed.
		const everything = Buffer.from([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
		const file = join(cache(), filterKey(seccomp, native()));
		writeFileSync(file, Buffer.concat([Buffer.alloc(32), everything]), { mode: 0o600 });
		expect(await withWarnings(73)).toEqual([expect.stringMatching(/is damaged/)]);
		expect(statSync(file).size).toBeGreaterThan(40);
	});
});
