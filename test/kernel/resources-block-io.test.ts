import { readdirSync, readFileSync } from 'node:fs';
import { cgroupOf, fileValue, legacyController, unifiedController } from '../harness/controllers.js';
import { limited } from '../harness/limited.js';
import { readable } from '../harness/readable.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** Numbers of a block device, which the kernel wants to exist. */
function someDisk(): { major: number; minor: number } | undefined {
	for (const name of readable(() => readdirSync('/sys/block')) ?? []) {
		const [major, minor] = readFileSync(`/sys/block/${name}/dev`, 'utf8').trim().split(':').map(Number);
		if (major !== undefined && minor !== undefined) return { major, minor };
	}
	return undefined;
}

const disk = { what: 'a block device', met: () => someDisk() !== undefined };

describeWith([root, busybox, legacyController('blkio'), disk], 'throttles on cgroup v1', () => {
	const numbers = someDisk() ?? { major: 0, minor: 0 };
	const key = `${numbers.major}:${numbers.minor}`;
	const files = ['read_bps', 'write_bps', 'read_iops', 'write_iops'].map((name) => `blkio.throttle.${name}_device`);

	test('are in their files, are changed one by one, and are taken away by 0', async () => {
		await using container = await limited(':', {
			blockIO: {
				throttleReadBpsDevice: [{ ...numbers, rate: 1048576 }],
				throttleWriteBpsDevice: [{ ...numbers, rate: 2097152 }],
				throttleReadIOPSDevice: [{ ...numbers, rate: 100 }],
				throttleWriteIOPSDevice: [{ ...numbers, rate: 200 }],
			},
		});
		const directory = cgroupOf(container.pid, 'blkio');
		const now = () => files.map((file) => fileValue(directory, file));
		expect(now()).toEqual([`${key} 1048576`, `${key} 2097152`, `${key} 100`, `${key} 200`]);
		await container.update({ blockIO: { throttleReadBpsDevice: [{ ...numbers, rate: 4096n }] } });
		await container.update({ blockIO: { throttleWriteIOPSDevice: [{ ...numbers, rate: 0n }] } });
		expect(now()).toEqual([`${key} 4096`, `${key} 2097152`, `${key} 100`, '']);
	});

	test('go back to what they were, or to none, when a later limit is refused', async () => {
		await using container = await limited(':', { blockIO: { throttleReadBpsDevice: [{ ...numbers, rate: 1048576 }] } });
		const directory = cgroupOf(container.pid, 'blkio');
		const update = container.update({
			blockIO: {
				throttleReadBpsDevice: [{ ...numbers, rate: 4096n }],
				throttleWriteBpsDevice: [{ ...numbers, rate: 4096n }],
				throttleReadIOPSDevice: [{ major: 4095, minor: 1_048_575, rate: 1n }],
			},
		});
		await expect(update).rejects.toMatchObject({
			code: 'ERR_CGROUP',
			errno: 'ENODEV',
			pointer: '/blockIO/throttleReadIOPSDevice/0',
			also: [],
		});
		expect(files.map((file) => fileValue(directory, file))).toEqual([`${key} 1048576`, '', '', '']);
	});
});

describeWith([root, busybox, unifiedController('io'), disk], 'throttles on cgroup v2', () => {
	const numbers = someDisk() ?? { major: 0, minor: 0 };
	const key = `${numbers.major}:${numbers.minor}`;

	test('share one line, are changed one by one, and are taken away by 0', async () => {
		await using container = await limited(':', {
			blockIO: {
				throttleReadBpsDevice: [{ ...numbers, rate: 1048576 }],
				throttleWriteIOPSDevice: [{ ...numbers, rate: 200 }],
			},
		});
		const now = () => fileValue(cgroupOf(container.pid, 'io'), 'io.max');
		expect(now()).toBe(`${key} rbps=1048576 wbps=max riops=max wiops=200`);
		await container.update({ blockIO: { throttleReadBpsDevice: [{ ...numbers, rate: 0n }] } });
		expect(now()).toBe(`${key} rbps=max wbps=max riops=max wiops=200`);
		const refused = {
			blockIO: { throttleWriteIOPSDevice: [{ ...numbers, rate: 7n }] },
			unified: { 'io.max': 'nonsense' },
		};
		await expect(container.update(refused)).rejects.toMatchObject({ pointer: '/unified/io.max', also: [] });
		expect(now()).toBe(`${key} rbps=max wbps=max riops=max wiops=200`);
	});
});
