import { inside } from '../harness/inside.js';
import {
	type NamespaceType,
	namespaceFiles,
	namespacesOf,
	parseNamespaces,
	printNamespaces,
} from '../harness/namespaces.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const types = Object.keys(namespaceFiles) as NamespaceType[];
const mapping = [{ containerID: 0, hostID: 100000, size: 65536 }];

/** Which types of namespaces a container has for itself, when it asks for these. */
async function ownNamespaces(asked: readonly NamespaceType[]): Promise<NamespaceType[]> {
	const output = await inside(printNamespaces, (config) => {
		config.linux.namespaces = asked.map((type) => ({ type }));
		delete config.hostname;
		if (asked.includes('user')) Object.assign(config.linux, { uidMappings: mapping, gidMappings: mapping });
		// A new sysfs belongs to the owner of the network namespace, a new mqueue to that of the ipc namespace.
		config.mounts = config.mounts.filter(({ type }) => type === 'proc' || type === 'tmpfs');
		// A new proc belongs to the owner of the pid namespace.
		const [proc] = config.mounts;
		if (proc !== undefined && asked.includes('user') && !asked.includes('pid')) {
			Object.assign(proc, { source: '/proc', type: 'bind', options: ['rbind'] });
		}
	});
	const [theirs, ours] = [parseNamespaces(output), namespacesOf()];
	return types.filter((type) => theirs[type] !== ours[type]);
}

describeWith([root, busybox], 'new namespaces', () => {
	test.each(types.filter((type) => type !== 'mount'))('mount and %s', async (type) => {
		expect(await ownNamespaces(['mount', type])).toEqual(types.filter((one) => one === 'mount' || one === type));
	});

	test('mount alone', async () => {
		expect(await ownNamespaces(['mount'])).toEqual(['mount']);
	});

	test('all of them', async () => {
		expect(await ownNamespaces(types)).toEqual(types);
	});

	test('all but pid', async () => {
		const asked = types.filter((type) => type !== 'pid');
		expect(await ownNamespaces(asked)).toEqual(asked);
	});

	test('all but user', async () => {
		const asked = types.filter((type) => type !== 'user');
		expect(await ownNamespaces(asked)).toEqual(asked);
	});
});
