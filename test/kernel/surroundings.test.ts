import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

describeWith([root, busybox], 'names', () => {
	test('hostname and domainname', async () => {
		const output = await inside('hostname; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname', (config) => {
			config.hostname = 'inside-the-box';
			config['domainname'] = 'example.org';
		});
		expect(output).toBe('inside-the-box\ninside-the-box\nexample.org');
		expect(hostname()).not.toBe('inside-the-box');
	});

	test('without a name the container has the host’s', async () => {
		expect(await inside('hostname', (config) => void delete config.hostname)).toBe(hostname());
	});
});

describeWith([root, busybox], 'linux.sysctl', () => {
	test('of the network and ipc namespaces, with both separators', async () => {
		const output = await inside(
			'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/core/somaxconn /proc/sys/kernel/shmmni /proc/sys/fs/mqueue/msg_max',
			(config) => {
				config.linux['sysctl'] = {
					'net.ipv4.ip_forward': '1',
					'net/core/somaxconn': '1234',
					'kernel.shmmni': '777',
					'fs.mqueue.msg_max': '33',
				};
			},
		);
		expect(output).toBe('1\n1234\n777\n33');
	});

	test('leave the host as it is', async () => {
		const file = '/proc/sys/net/core/somaxconn';
		const before = readFileSync(file, 'utf8');
		await inside('true', (config) => {
			config.linux['sysctl'] = { 'net.core.somaxconn': '99' };
		});
		expect(readFileSync(file, 'utf8')).toBe(before);
	});

	test('are in force although /proc/sys is read-only', async () => {
		const output = await inside(
			'! echo 1 2>/dev/null > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward',
			(config) => {
				config.linux['sysctl'] = { 'net.ipv4.ip_forward': '0' };
			},
		);
		expect(output).toBe('0');
	});

	test('one that does not exist', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux['sysctl'] = { 'net.ipv4.nosuchthing': '1' };
		});
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/sysctl/net.ipv4.nosuchthing',
			errno: 'ENOENT',
		});
	});

	test('a value that the kernel refuses', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux['sysctl'] = { 'net.ipv4.ip_forward': 'maybe' };
		});
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/sysctl/net.ipv4.ip_forward',
			errno: 'EINVAL',
		});
	});

	test('of a namespace that is the host’s is refused', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
			config.linux['sysctl'] = { 'net.ipv4.ip_forward': '1' };
		});
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_CONFIG_INVALID',
			pointer: '/linux/sysctl/net.ipv4.ip_forward',
		});
	});

	test('of a network namespace that is joined by a path and is the host’s is refused as well', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
			config.linux.namespaces.push({ type: 'network', path: '/proc/self/ns/net' });
			config.linux['sysctl'] = { 'net.ipv4.conf.lo.arp_filter': '1' };
		});
		const file = '/proc/sys/net/ipv4/conf/lo/arp_filter';
		const before = readFileSync(file, 'utf8');
		expect(await failureOf(run(path))).toMatchObject({ pointer: expect.stringContaining('/linux/sysctl/') });
		expect(readFileSync(file, 'utf8')).toBe(before);
	});
});

describeWith([root, busybox], 'linux.personality', () => {
	test.each([
		['LINUX32', '00000008'],
		['LINUX', '00000000'],
	])('%s', async (domain, seen) => {
		const output = await inside('cat /proc/self/personality', (config) => {
			config.linux['personality'] = { domain };
		});
		expect(output).toBe(seen);
	});

	test('LINUX32 on x86-64 says so to uname', async () => {
		if (process.arch !== 'x64') return console.log('skipped: the machine is not x86-64');
		const output = await inside('uname -m', (config) => {
			config.linux['personality'] = { domain: 'LINUX32' };
		});
		expect(output).toBe('i686');
	});
});

describeWith([root, busybox], 'the session keyring', () => {
	// Root sees those of other containers as well.
	const keys = 'grep -o "_ses[^:]*" /proc/keys';
	const unmasked = (config: { linux: object }) => void Object.assign(config.linux, { maskedPaths: [] });

	test('is a new one with the container’s name', async () => {
		const id = containerId();
		expect((await inside(keys, unmasked, { id })).split('\n')).toContain(`_ses.${id}`);
	});

	test('is the caller’s where none is wanted', async () => {
		const id = containerId();
		const output = await inside('cat /proc/keys', unmasked, { id, newKeyring: false });
		expect(output).not.toContain(id);
	});
});
