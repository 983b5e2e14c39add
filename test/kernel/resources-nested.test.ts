import { bundle } from '../harness/bundle.js';
import { program } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { controller } from '../harness/controllers.js';
import { run } from '../harness/inside.js';
import { hostBundle, ownCapabilities, privileged, sharedFolder } from '../harness/nested.js';
import { busybox, cgroup1View, cgroup2View, describeWith, root } from '../harness/requirement.js';

/** What a container needs to make containers: its own cgroups, writable. */
function host(config: Config): void {
	privileged(config, ownCapabilities());
	config.linux['maskedPaths'] = [];
	config.linux['readonlyPaths'] = [];
	config.linux.namespaces = [...config.linux.namespaces.filter(({ type }) => type !== 'cgroup'), { type: 'cgroup' }];
	const mount = config.mounts.find(({ type }) => type === 'cgroup');
	if (mount !== undefined) mount.options = mount.options?.filter((option) => option !== 'ro') ?? [];
}

/** Runs tsrun in a container, after `preparation`, with a container that prints a file of its cgroup. */
async function nested(resources: object, file: string, preparation = ':') {
	const inner = bundle((config) => {
		config.process.args = ['cat', `/sys/fs/cgroup/${file}`];
		config.linux['resources'] = resources;
	});
	const words = [...program, '--root', '/run/tsrun', 'run', '--bundle', inner.path, 'inner'];
	const outer = hostBundle(['/bin/sh', '-c', `${preparation}; exec "$@"`, 'sh', ...words], (config) => {
		host(config);
		sharedFolder(config);
		config.mounts.push({ destination: inner.path, type: 'bind', source: inner.path, options: ['rbind', 'rw'] });
	});
	return run(outer, { limit: 30_000 });
}

const limit = 4 * 1024 * 1024;
const hugePages = { hugepageLimits: [{ pageSize: '2MB', limit }] };
const ownCgroup = 'mkdir /sys/fs/cgroup/host && echo $$ >/sys/fs/cgroup/host/cgroup.procs';

describeWith([root, busybox, controller('pids'), cgroup1View], 'tsrun in a container, on cgroup v1', () => {
	test('limits containers below the cgroup of its own', async () => {
		const { stdout, stderr, exit } = await nested({ pids: { limit: 7 } }, 'pids/pids.max');
		expect({ stdout, stderr, exit }).toEqual({ stdout: '7\n', stderr: '', exit: { code: 0, signal: null } });
	});
});

describeWith([root, busybox, controller('hugetlb'), cgroup2View], 'tsrun in a container, on cgroup v2', () => {
	test('limits containers beside the cgroup that it has moved to', async () => {
		const { stdout, stderr, exit } = await nested(hugePages, 'hugetlb.2MB.max', ownCgroup);
		expect({ stdout, stderr, exit }).toEqual({ stdout: `${limit}\n`, stderr: '', exit: { code: 0, signal: null } });
	});

	test('is told why it cannot where it is in the way itself', async () => {
		const { stderr, exit } = await nested(hugePages, 'hugetlb.2MB.max');
		expect(exit.code).toBe(1);
		expect(stderr).toMatch(
			/hint: .*hugetlb and does not hand it on: it has processes of its own; move them to a cgroup below/,
		);
	});
});
