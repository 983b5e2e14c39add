import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundleFault, doctor } from '../../lib/index.js';
import { bundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

async function faults(
	edit: (config: Config) => void,
	change: (rootfs: string) => void = () => {},
): Promise<BundleFault[]> {
	const { path, rootfs } = bundle(edit);
	change(rootfs);
	const report = await doctor({ bundle: path });
	return [...(report.bundle?.faults ?? [])];
}

const fault = (pointer: string, message: RegExp, hint: RegExp) =>
	expect.objectContaining({
		pointer,
		message: expect.stringMatching(message),
		hint: expect.stringMatching(hint),
		where: expect.objectContaining({ line: expect.any(Number) }),
	});

describeWith([root, busybox], 'doctor about a bundle', () => {
	test('one that works has no faults, and nothing is left of the attempt', async () => {
		const before = readdirSync(tmpdir());
		expect(await faults(() => {})).toEqual([]);
		const left = readdirSync(tmpdir()).filter((name) => name.startsWith('tsrun-doctor-') && !before.includes(name));
		expect(left).toEqual([]);
	});

	test('everything at once, each with its place and what to do', async () => {
		const found = await faults(
			(config) => {
				config.process.args = ['nothere'];
				config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 10, hard: 2 ** 40 }];
				config.mounts.push({ destination: '/data', type: 'bind', source: '/no/such/source', options: ['rbind'] });
				config.mounts.push({ destination: '/other', type: 'nofs', source: 'nofs' });
				config.linux['sysctl'] = { 'fs.mqueue.nothing': '1' };
				config.linux.namespaces.unshift({ type: 'time', path: '/proc/1/ns/nothing' });
				config.hooks = { poststop: [{ path: '/no/such/hook' }] };
			},
			() => {},
		);
		expect(found).toEqual(
			expect.arrayContaining([
				fault('/mounts/7/source', /no such file/, /never created/),
				fault('/mounts/8/type', /does not list nofs/, /modprobe/),
				fault('/hooks/poststop/0/path', /no such file/, /absolute paths/),
				fault('/process/args/0', /nothere is not to be found in any directory of PATH/, /Install it/),
				fault('/linux/namespaces/0/path', /is not there/, /has its path mounted/),
				fault('/linux/sysctl/fs.mqueue.nothing', /no sysctl/, /no such sysctl/),
			]),
		);
	});

	test('a source that an earlier mount brings is none, and one beside it is', async () => {
		const source = scratch('source');
		mkdirSync(join(source, 'below'));
		const { path, rootfs, config } = bundle();
		const bind = (from: string, destination: string) => ({ source: from, destination, options: ['bind'] });
		config.mounts.push(bind(source, '/tree'), bind(join(rootfs, 'tree/below'), '/again'));
		const faultsOf = async () => (await doctor({ bundle: path })).bundle?.faults;
		writeFileSync(join(path, 'config.json'), JSON.stringify(config));
		expect(await faultsOf()).toEqual([]);
		config.mounts.push(bind(join(rootfs, 'trees/below'), '/third'));
		writeFileSync(join(path, 'config.json'), JSON.stringify(config));
		expect(await faultsOf()).toEqual([fault('/mounts/9/source', /trees\/below: no such file/, /never created/)]);
	});

	test('a root file system that is missing', async () => {
		const found = await faults(
			() => {},
			(rootfs) => rmSync(rootfs, { recursive: true }),
		);
		expect(found).toEqual([fault('/root/path', /rootfs: no such file/, /Unpack an image/)]);
	});

	test.each<[string, string | Buffer, RegExp]>([
		[
			'whose interpreter is missing',
			'#!/usr/bin/python9\n',
			/interpreter of its first line, \/usr\/bin\/python9, is not/,
		],
		['with line ends of another system', '#!/bin/sh\r\ntrue\r\n', /carriage return/],
		['that is no program', 'echo hello\n', /neither an ELF program nor a script/],
	])('a program %s', async (_, content, hint) => {
		const found = await faults(
			(config) => {
				config.process.args = ['/tool'];
			},
			(rootfs) => {
				writeFileSync(join(rootfs, 'tool'), content);
				chmodSync(join(rootfs, 'tool'), 0o755);
			},
		);
		expect(found).toEqual([fault('/process/args/0', /cannot be executed/, hint)]);
	});

	test('a program that is a directory', async () => {
		const found = await faults(
			(config) => {
				config.process.args = ['/tool'];
			},
			(rootfs) => mkdirSync(join(rootfs, 'tool')),
		);
		expect(found).toEqual([fault('/process/args/0', /cannot be executed/, /no regular file/)]);
	});

	test('what config.json has wrong comes first, with line and column', async () => {
		const found = await faults((config) => {
			config.process.cwd = 'relative';
		});
		expect(found).toEqual([
			expect.objectContaining({
				pointer: '/process/cwd',
				where: expect.objectContaining({ line: expect.any(Number) }),
			}),
		]);
	});

	test('on the command line: the place, what to do, and status 1', async () => {
		const { path, rootfs } = bundle();
		const { status, stdout, stderr } = await tsrun(['doctor', path]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toContain('nothing of it would fail here');
		rmSync(rootfs, { recursive: true });
		const second = await tsrun(['doctor', path]);
		expect(second.status).toBe(1);
		expect(second.stdout).toMatch(
			/one thing would fail here\n {2}\S+config\.json:\d+:\d+: \/root\/path: .*\n {4}to do: Unpack/,
		);
	});
});
