import { chmodSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { bundle } from '../harness/bundle.js';
import { staticCompiler } from '../harness/call-program.js';
import { run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { filtered, moments, withProfile } from '../harness/seccomp.js';

const { ENOSYS, EPERM, EXDEV } = constants.errno;
const { SIGSYS } = constants.signals;

const mkdir = { names: ['mkdir', 'mkdirat'] };
const status = "grep -E '^(NoNewPrivs|Seccomp|Seccomp_filters|CapEff):' /proc/self/status | tr '\\t' ' '";

describeWith([root, busybox, staticCompiler], 'seccomp actions', () => {
	describe.each(moments)('%s', (_, noNewPrivileges) => {
		const onMkdir = (action: object, script: string) =>
			filtered({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ ...mkdir, ...action }] }, script, noNewPrivileges);

		test('the filter is there, once, and the container has what privileges it was given', async () => {
			const lines = await onMkdir({ action: 'SCMP_ACT_ERRNO' }, status);
			expect(lines).toContain(`NoNewPrivs: ${noNewPrivileges ? 1 : 0}`);
			expect(lines).toContain('Seccomp: 2');
			expect(lines).toContain('Seccomp_filters: 1');
			expect(lines).toContain('CapEff: 0000000020000420');
		});

		test.each([['getcwd'], ['faccessat2']])('%s, which init calls for itself, may be refused', async (name) => {
			const profile = {
				defaultAction: 'SCMP_ACT_ALLOW',
				syscalls: [{ names: [name], action: 'SCMP_ACT_ERRNO' }],
			};
			expect(await filtered(profile, 'echo fine', noNewPrivileges)).toEqual(['fine']);
		});

		test('SCMP_ACT_ERRNO fails the call, with EPERM or another errno', async () => {
			expect(await onMkdir({ action: 'SCMP_ACT_ERRNO' }, 'mkdir /tmp/a; call native 83 0 0')).toEqual([
				"mkdir: can't create directory '/tmp/a': Operation not permitted",
				`-${EPERM}`,
			]);
			expect(await onMkdir({ action: 'SCMP_ACT_ERRNO', errnoRet: EXDEV }, 'call native 83')).toEqual([`-${EXDEV}`]);
		});

		test('SCMP_ACT_TRACE without a tracer fails the call with ENOSYS, SCMP_ACT_LOG lets it pass', async () => {
			expect(await onMkdir({ action: 'SCMP_ACT_TRACE', errnoRet: 7 }, 'call native 83')).toEqual([`-${ENOSYS}`]);
			expect(await onMkdir({ action: 'SCMP_ACT_LOG' }, 'mkdir /dev/shm/a && ls /dev/shm')).toEqual(['a']);
		});

		test.each(['SCMP_ACT_KILL', 'SCMP_ACT_KILL_THREAD', 'SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_TRAP'])(
			'%s ends the program with SIGSYS, also as pid 1',
			async (action) => {
				expect(await onMkdir({ action }, 'mkdir /tmp/a; echo $?')).toContain(String(128 + SIGSYS));
				const edit = withProfile(
					{ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ ...mkdir, action }] },
					noNewPrivileges,
				);
				const { path } = bundle((config) => {
					edit(config);
					config.process.args = ['mkdir', '/dev/shm/a'];
				});
				expect((await run(path)).exit).toEqual({ code: null, signal: SIGSYS });
			},
		);

		test('startContainer hooks, programs of the image, are filtered as well', async () => {
			const edit = withProfile(
				{ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ ...mkdir, action: 'SCMP_ACT_KILL_PROCESS' }] },
				noNewPrivileges,
			);
			const { path } = bundle((config) => {
				edit(config);
				config.hooks = { startContainer: [{ path: '/bin/mkdir', args: ['mkdir', '/dev/shm/a'] }] };
			});
			await expect(run(path)).rejects.toMatchObject({
				code: 'ERR_HOOK_FAILED',
				message: expect.stringContaining('startContainer hook #0: killed by SIGSYS (bad system call)'),
			});
		});

		test('a container in a user namespace is filtered as well', async () => {
			const edit = withProfile(
				{ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ ...mkdir, action: 'SCMP_ACT_ERRNO', errnoRet: EXDEV }] },
				noNewPrivileges,
			);
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			const { path } = bundle((config) => {
				edit(config);
				config.linux.namespaces.push({ type: 'user' });
				Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
				config.process.args = ['mkdir', '/dev/shm/a'];
			});
			expect(await run(path)).toMatchObject({ exit: { code: 1 }, stderr: expect.stringContaining('cross-device') });
		});
	});

	test('every flag is taken by the kernel', async () => {
		const flags = ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW', 'SECCOMP_FILTER_FLAG_TSYNC'];
		const wait = 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV';
		for (const chosen of [undefined, null, [], ...flags.map((flag) => [flag]), [...flags, wait]]) {
			const profile = {
				defaultAction: 'SCMP_ACT_ALLOW',
				flags: chosen,
				syscalls: [{ ...mkdir, action: 'SCMP_ACT_ERRNO' }],
			};
			expect(await filtered(profile, 'call native 83')).toEqual([`-${EPERM}`]);
		}
	});

	test('a profile that says nothing is none', async () => {
		const empty = {} as { defaultAction: string };
		for (const profile of [empty, { defaultAction: '', syscalls: null, architectures: [] }]) {
			expect(await filtered(profile, status)).toContain('Seccomp: 0');
		}
	});

	test('a program that cannot be executed is reported past a filter that refuses sendmsg(2)', async () => {
		const edit = withProfile({
			defaultAction: 'SCMP_ACT_ALLOW',
			syscalls: [{ names: ['sendmsg'], action: 'SCMP_ACT_ERRNO' }],
		});
		const { path } = bundle((config) => {
			edit(config);
			config.process.args = ['/etc/broken'];
		});
		writeFileSync(`${path}/rootfs/etc/broken`, 'neither a program nor a script');
		chmodSync(`${path}/rootfs/etc/broken`, 0o755);
		await expect(run(path)).rejects.toMatchObject({ code: 'ERR_EXECUTABLE', errno: 'ENOEXEC' });
	});
});
