import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupOf, fileValue } from '../harness/controllers.js';
import { limited } from '../harness/limited.js';
import { busybox, cgroup1View, describeWith, type Requirement, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

const controllers = 'net_cls,net_prio';

/** In a mount namespace of its own, where nobody sees it; an unused hierarchy goes with its last mount. */
const freeControllers: Requirement = {
	what: `${controllers} that can be mounted`,
	met: () => {
		const script = `m=$(mktemp -d) && mount -t cgroup -o ${controllers} none $m && umount $m && rmdir $m`;
		return spawnSync('unshare', ['--mount', 'sh', '-c', script]).status === 0;
	},
};

const ownMounts: Requirement = {
	what: 'a mount namespace that scripts/test.mjs made',
	met: () => process.env['TSRUN_TEST_VIEW'] !== undefined,
};

describeWith([root, busybox, cgroup1View, ownMounts, freeControllers], 'linux.resources.network on cgroup v1', () => {
	const place = join(scratch('cgroup'), 'network');

	beforeAll(() => {
		mkdirSync(place);
		execFileSync('mount', ['-t', 'cgroup', '-o', controllers, 'none', place]);
	});

	afterAll(() => void execFileSync('umount', [place]));

	test('classID and priorities are in their files, and are changed', async () => {
		const network = { classID: 0x10001, priorities: [{ name: 'lo', priority: 5 }] };
		await using container = await limited(':', { network });
		const directory = cgroupOf(container.pid, 'net_cls');
		expect(directory.startsWith(place)).toBe(true);
		expect(fileValue(directory, 'net_cls.classid')).toBe(String(0x10001));
		expect(readFileSync(`${directory}/net_prio.ifpriomap`, 'utf8')).toMatch(/^lo 5$/m);
		await container.update({ network: { priorities: [{ name: 'lo', priority: 7 }] } });
		expect(readFileSync(`${directory}/net_prio.ifpriomap`, 'utf8')).toMatch(/^lo 7$/m);
		expect(fileValue(directory, 'net_cls.classid')).toBe(String(0x10001));
	});

	test('a device that is not there is an error that names it', async () => {
		const priorities = [{ name: 'nowhere0', priority: 5 }];
		await expect(limited(':', { network: { priorities } })).rejects.toMatchObject({
			code: 'ERR_CGROUP',
			message: expect.stringContaining('nowhere0'),
		});
	});
});
