import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cgroupOf, fileValue, unifiedController } from '../harness/controllers.js';
import { failureOf } from '../harness/failure.js';
import { limited } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

// Controllers that are handed on to the cgroups below stay so; the machine gets back what it had.
const parent = () => dirname(cgroupOf(process.pid, 'unified').replace(/\/?$/, '/x'));
const handedOn = () => fileValue(parent(), 'cgroup.subtree_control').split(' ');

describeWith([root, busybox, unifiedController('hugetlb')], 'a controller of the unified hierarchy', () => {
	let before: string[] = [];
	beforeAll(() => {
		before = handedOn();
	});
	afterAll(() => {
		for (const name of handedOn().filter((one) => !before.includes(one))) {
			writeFileSync(`${parent()}/cgroup.subtree_control`, `-${name}`);
		}
	});

	const limits = (directory: string) => [
		fileValue(directory, 'hugetlb.2MB.max'),
		fileValue(directory, 'hugetlb.2MB.rsvd.max'),
	];

	test('is turned on for the container that needs it', async () => {
		await using container = await limited(':', { hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }] });
		const directory = cgroupOf(container.pid, 'unified');
		expect(limits(directory)).toEqual(['4194304', '4194304']);
		await container.update({ hugepageLimits: [{ pageSize: '2MB', limit: 2097152n }] });
		expect(limits(directory)).toEqual(['2097152', '2097152']);
	});

	test('takes the files of `unified` as they are, and they have the last word', async () => {
		await using container = await limited(':', {
			hugepageLimits: [{ pageSize: '2MB', limit: 4194304 }],
			unified: { 'hugetlb.2MB.max': '6291456', 'cgroup.max.descendants': '3' },
		});
		const directory = cgroupOf(container.pid, 'unified');
		expect(limits(directory)).toEqual(['6291456', '4194304']);
		expect(fileValue(directory, 'cgroup.max.descendants')).toBe('3');
		await container.update({ unified: { 'cgroup.max.descendants': 'max' } });
		expect(fileValue(directory, 'cgroup.max.descendants')).toBe('max');
	});

	test('a file that the kernel does not have is an error with the place in the config', async () => {
		const error = await failureOf(limited(':', { unified: { 'hugetlb.2MB.nonsense': '1' } }));
		expect(error).toMatchObject({
			code: 'ERR_CGROUP',
			errno: 'ENOENT',
			pointer: '/linux/resources/unified/hugetlb.2MB.nonsense',
		});
		expect(error.where).toMatchObject({ line: expect.any(Number) });
	});

	test('an update that fails half-way puts back what `unified` had changed', async () => {
		await using container = await limited(':', { unified: { 'hugetlb.2MB.max': '2097152' } });
		const change = { 'hugetlb.2MB.max': '4194304', 'cgroup.max.depth': 'deep' };
		await expect(container.update({ unified: change })).rejects.toMatchObject({
			pointer: '/unified/cgroup.max.depth',
			also: [],
		});
		expect(fileValue(cgroupOf(container.pid, 'unified'), 'hugetlb.2MB.max')).toBe('2097152');
	});
});
