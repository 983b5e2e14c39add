import { chmodSync, closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { type Failing, failing, inUserNamespace } from '../harness/hinted.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId, scratch } from '../harness/scratch.js';

/** A program /tool with these bytes. */
const tool = (content: string | Buffer, mode = 0o755): Failing => ({
	edit: (config) => {
		config.process.args = ['/tool'];
	},
	change: (rootfs) => {
		writeFileSync(join(rootfs, 'tool'), content);
		chmodSync(join(rootfs, 'tool'), mode);
	},
});

const linux = (members: object): Failing => ({
	edit: (config) => {
		Object.assign(config.linux, members);
	},
});
const processWith = (members: object): Failing => ({
	edit: (config) => {
		Object.assign(config.process, members);
	},
});

/** A program of this machine, as one of another architecture. */
function foreign(): Buffer {
	const program = Buffer.from(readFileSync('/bin/true'));
	// e_machine of elf(5): IA-64, which nobody emulates by default.
	program.writeUInt16LE(50, 18);
	return program;
}

describeWith([root, busybox], 'the hint for a program', () => {
	test.each<[string, Failing, string]>([
		[
			'whose script wants an interpreter that is missing',
			tool('#!/usr/bin/python9 -u\n'),
			'the interpreter of its first line, /usr/bin/python9, is not',
		],
		['whose script has the line ends of another system', tool('#!/bin/sh\r\ntrue\r\n'), 'ends with a carriage return'],
		['that is a script without a first line', tool('echo hello\n'), 'neither an ELF program nor a script'],
		['of another architecture', tool(foreign()), 'is a program for machine 50 of elf.h, and this machine is'],
		['without an x bit', tool('#!/bin/sh\n', 0o644), 'Check the x bits of the file'],
	])('%s', async (_, cause, phrase) => {
		const { code, hint, where } = await failing(cause);
		expect({ code, hint }).toEqual({ code: 'ERR_EXECUTABLE', hint: expect.stringContaining(phrase) });
		expect(where).toMatchObject({ file: expect.stringMatching(/config\.json$/), line: expect.any(Number) });
	});

	test('that is there, and whose dynamic loader is not: no such file, of a file that is there', async () => {
		const { hint, message } = await failing({
			...tool(''),
			change: (rootfs) => copyFileSync('/bin/ls', join(rootfs, 'tool')),
		});
		expect(message).toContain('no such file');
		expect(hint).toMatch(/^\/tool is there, and its dynamic loader \/lib\S+ld-\S+ is not: use an image with the libc/);
	});

	test('in exec: the same, as the container sees its files', async () => {
		const { path, rootfs } = bundle((config) => {
			config.process.args = ['sleep', '600'];
		});
		writeFileSync(join(rootfs, 'tool'), '#!/no/such\n');
		chmodSync(join(rootfs, 'tool'), 0o755);
		const id = containerId();
		await tsrun(['run', '--detach', '--bundle', path, id]);
		const log = join(scratch(), 'log');
		const { status, stderr } = await tsrun(['--log', log, 'exec', id, '/tool']);
		await tsrun(['delete', '--force', id]);
		expect({ status, stderr }).toEqual({ status: 255, stderr: 'exec /tool: no such file or directory\n' });
		expect(readFileSync(log, 'utf8')).toMatch(/the interpreter of its first line, \/no\/such, is not/);
	});

	test('that is open for writing', async () => {
		let fd = -1;
		try {
			const { hint, errno } = await failing({
				...tool(''),
				change: (rootfs) => {
					copyFileSync(join(rootfs, 'bin/busybox'), join(rootfs, 'tool'));
					chmodSync(join(rootfs, 'tool'), 0o755);
					fd = openSync(join(rootfs, 'tool'), 'r+');
				},
			});
			expect({ hint, errno }).toEqual({ hint: 'Somebody has the program open for writing.', errno: 'ETXTBSY' });
		} finally {
			if (fd >= 0) closeSync(fd);
		}
	});

	test('on a file system that is mounted noexec', async () => {
		using mounted = hostTmpfs();
		const { hint, errno } = await failing({
			edit: (config) => {
				makeRootfs(join(mounted.path, 'rootfs'));
				config.root.path = join(mounted.path, 'rootfs');
				config.mounts.push({
					destination: '/bin',
					type: 'bind',
					source: join(mounted.path, 'rootfs/bin'),
					options: ['bind', 'noexec'],
				});
			},
		});
		expect({ hint, errno }).toEqual({
			hint: expect.stringContaining('its mount has no noexec option'),
			errno: 'EACCES',
		});
	});

	test('with a word that is too long', async () => {
		const { hint } = await failing({
			edit: (config) => {
				config.process.env.push(`LONG=${'x'.repeat(140_000)}`);
			},
		});
		expect(hint).toContain('Arguments and environment together are longer than the kernel takes');
	});
});

const unlimited: Requirement = {
	what: 'a root without CAP_SYS_RESOURCE',
	met: () =>
		(BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]}`) & (1n << 24n)) === 0n,
};

describeWith([root, busybox], 'the hint for a process', () => {
	test.each<[string, Failing, string]>([
		[
			'with a kernel parameter that this kernel lacks',
			linux({ sysctl: { 'net.ipv4.nothing': '1' } }),
			'This kernel has no such sysctl',
		],
		[
			'with a value that the kernel does not take',
			linux({ sysctl: { 'net.ipv4.ip_forward': 'maybe' } }),
			'The kernel does not take this value for the sysctl',
		],
		[
			'with a kernel parameter that can only be read',
			linux({ sysctl: { 'net.ipv4.conf.all.mc_forwarding': '1' } }),
			'The sysctl does not belong to a namespace of this container',
		],
		[
			'that joins a namespace which is gone',
			{
				edit: (config) => {
					config.linux.namespaces.unshift({ type: 'time', path: '/proc/1/ns/nothing' });
				},
			},
			'The namespace to be joined is gone',
		],
		[
			'with a device that the host lacks, in a user namespace',
			{
				edit: (config) => {
					inUserNamespace(config);
					config.linux['devices'] = [{ path: '/dev/nothing', type: 'c', major: 1, minor: 3 }];
				},
			},
			'In a user namespace no device can be made',
		],
		[
			'with a directory that its user may not enter',
			{
				// Of this machine's root, who is nobody in the user namespace.
				edit: (config) => {
					inUserNamespace(config);
					config.process.cwd = '/closed';
				},
				change: (rootfs) => mkdirSync(join(rootfs, 'closed'), { mode: 0o700 }),
			},
			'The user of the process may not enter process.cwd',
		],
		[
			'whose label is of a module that this machine lacks',
			processWith({ selinuxLabel: 'system_u:system_r:container_t:s0' }),
			'Leave the label out',
		],
		[
			'with a terminal that nobody takes',
			processWith({ terminal: true }),
			'Name the socket of whoever takes the terminal by --console-socket',
		],
	])('%s', async (_, cause, phrase) => {
		expect((await failing(cause)).hint).toContain(phrase);
	});
});

describeWith([root, busybox, unlimited], 'the hint for a process that asks for more than we have', () => {
	test.each<[string, Failing, string]>([
		[
			'of a limit',
			processWith({ rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1, hard: 2 ** 30 }] }),
			'Raising a hard limit needs CAP_SYS_RESOURCE',
		],
		[
			'of being spared when memory runs out',
			processWith({ oomScoreAdj: -1000 }),
			'Lowering oom_score_adj needs CAP_SYS_RESOURCE',
		],
	])('%s', async (_, cause, phrase) => {
		expect((await failing(cause)).hint).toContain(phrase);
	});
});

describeWith([root, busybox], 'a program that a seccomp filter ends', () => {
	test('is told of in the foreground', async () => {
		const { path } = bundle((config) => {
			config.process.args = ['sh', '-c', 'sleep 0; mkdir /tmp/x'];
			config.linux['seccomp'] = {
				defaultAction: 'SCMP_ACT_ALLOW',
				syscalls: [{ names: ['mkdir', 'mkdirat', 'fork', 'vfork', 'clone'], action: 'SCMP_ACT_KILL_PROCESS' }],
			};
		});
		const { status, stderr } = await tsrun(['run', '--bundle', path, containerId()]);
		expect(status).toBe(128 + 31);
		expect(stderr).toContain('ended by SIGSYS: it made a call that linux.seccomp does not allow');
	});
});
