import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** What a program of exec prints, by the command line. */
async function execIn(
	box: Bundle,
	...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
	await using container = await newRuntime().run(containerId(), box.path, { stdio: 'ignore' });
	return await tsrun(['exec', ...args.slice(0, -1), container.id, 'sh', '-c', args.at(-1) ?? '']);
}

const idle = (edit: (config: Config) => void = () => {}) => scriptBundle('sleep 600', edit);

describeWith([root, busybox], 'CVE-2016-3697: a user of the image whose name is a number', () => {
	test('is not asked for: ids are numbers', async () => {
		const box = idle();
		appendFileSync(join(box.rootfs, 'etc/passwd'), '1000:x:0:0::/root:/bin/sh\n');
		appendFileSync(join(box.rootfs, 'etc/group'), '1000:x:0:\n');
		expect(await execIn(box, '--user', '1000:1000', 'id -u; id -g')).toMatchObject({
			stdout: '1000\n1000\n',
			stderr: '',
		});
	});
});

describeWith([root, busybox], 'CVE-2026-30892: exec --user', () => {
	test.each([
		['1', '1\n0\n'],
		['1:2', '1\n2\n'],
		['0', '0\n0\n'],
		['00012', '12\n0\n'],
		['2147483648:4294967294', '2147483648\n4294967294\n'],
	])('%s is exactly that', async (user, ids) => {
		expect(await execIn(idle(), '--user', user, 'id -u; id -g')).toMatchObject({ stdout: ids, status: 0, stderr: '' });
	});

	test.each([
		...['-1', '+1', '1e3', '0x1', '1.0', ' 1', '1 ', '1\n', 'root', '1a', '１', ':1', '1:', '1:2:3', '1:-1'],
		...['4294967295', '4294967296', '18446744073709551616', '1:4294967295', '--'],
	])('%j is no user, and becomes nobody else', async (user) => {
		const { status, stdout } = await execIn(idle(), `--user=${user}`, 'id -u');
		expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
	});
});

describeWith([root, busybox], 'CVE-2024-40635: ids beyond the signed numbers', () => {
	test.each([2147483647, 2147483648, 4294967294])('%d is that user', async (id) => {
		const ids = 'id -u; id -g; id -G; stat -Lc "%u %g" /proc/self';
		const output = await inside(ids, (config) => {
			config.process.user = { uid: id, gid: id, additionalGids: [id] };
		});
		expect(output).toBe(`${id}\n${id}\n${id}\n${id} ${id}`);
	});

	test.each([4294967295, 4294967296, 2 ** 64, -1, 0.5])('%d is refused, and nobody is made of it', async (id) => {
		for (const user of [
			{ uid: id, gid: 0 },
			{ uid: 0, gid: id },
			{ uid: 0, gid: 0, additionalGids: [id] },
		]) {
			const { path } = scriptBundle('id', (config) => void Object.assign(config.process, { user }));
			expect(await failureOf(run(path))).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
		}
	});
});

// CVE-2022-27650 is the same in crun, CVE-2025-27612 in youki; engines had CVE-2022-24769, CVE-2022-27649 and others.
describeWith([root, busybox], 'CVE-2022-29162: inheritable capabilities', () => {
	const sets = "sed -n 's/^Cap\\(Inh\\|Amb\\):\\t//p' /proc/self/status";
	const none = '0000000000000000\n0000000000000000\n';

	test.each([
		['nothing more', []],
		['one more', ['--cap', 'CAP_NET_RAW']],
		['another user', ['--user', '1000']],
		['both', ['--cap', 'CAP_NET_RAW', '--cap', 'CAP_SYS_ADMIN', '--user', '1000']],
	])('exec with %s has none', async (_, args) => {
		expect(await execIn(idle(), ...args, sets)).toMatchObject({ stdout: none, status: 0 });
	});

	test('nor has a container in a user namespace, or one whose config has no capabilities', async () => {
		const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
		const mapped = (config: Config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		};
		const bare = (config: Config) => void delete config.process['capabilities'];
		const both = (config: Config) => [mapped, bare].forEach((edit) => void edit(config));
		for (const edit of [mapped, bare, both]) expect(`${await inside(sets, edit)}\n`).toBe(none);
	});
});

describeWith([root, busybox], 'CVE-2021-43784: more mappings than fit in any message', () => {
	test.each([400, 5000])('%d of them are an error, and no part of them is taken', async (count) => {
		const mappings = Array.from({ length: count }, (_, at) => ({ containerID: at, hostID: 100000 + at, size: 1 }));
		const { path } = scriptBundle('cat /proc/self/uid_map', (config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		const error = await failureOf(run(path));
		expect(error.code).toMatch(/^ERR_(STEP_FAILED|CONFIG_INVALID)$/);
		expect(error.pointer).toMatch(/^\/linux\/[ug]idMappings/);
	});

	test('as many as the kernel takes are all there', async () => {
		const mappings = Array.from({ length: 300 }, (_, at) => ({ containerID: at, hostID: 100000 + 2 * at, size: 1 }));
		const output = await inside('cat /proc/self/uid_map | wc -l', (config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(output).toBe('300');
	});
});

describeWith([root, busybox], 'CVE-2026-47262: an /etc/passwd without end', () => {
	test('is read no further than a bound, and the container starts', async () => {
		const box = idle();
		const file = join(box.rootfs, 'etc/passwd');
		writeFileSync(file, '');
		// Sparse: reading it whole would take the better part of a minute.
		truncateSync(file, 64 * 1024 ** 3);
		appendFileSync(file, '\nroot:x:0:0::/evil:/bin/sh\n');
		const began = performance.now();
		expect(await execIn(box, 'echo $HOME')).toMatchObject({ stdout: '/\n', status: 0 });
		expect(performance.now() - began).toBeLessThan(5000);
	});

	test('one line without end is no line', async () => {
		const box = idle();
		writeFileSync(join(box.rootfs, 'etc/passwd'), `${'x'.repeat(1 << 20)}:x:0:0::/evil:/bin/sh\n`);
		expect(await execIn(box, 'echo $HOME')).toMatchObject({ stdout: '/\n', status: 0 });
	});
});
