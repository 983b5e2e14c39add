import { type CgroupLayout, cgroupDirectory, cgroupLayout, hierarchyOf } from '../../../lib/host/index.js';
import { parseMountInfo } from '../../../lib/os/index.js';
import {
	chrootBesideV1,
	covered,
	dockerV1,
	dockerV2,
	type Machine,
	none,
	plainHybrid,
	systemdHybrid,
	unified,
} from './layouts.js';

const magic = new Map([
	['cgroup', 0x27e0eb],
	['cgroup2', 0x63677270],
	['tmpfs', 0x01021994],
]);

function layoutOf({ mountInfo, membership, hidden = {}, files = {} }: Machine): CgroupLayout {
	const types = new Map(parseMountInfo(mountInfo).map(({ mountPoint, type }) => [mountPoint, magic.get(type)]));
	return cgroupLayout({
		mountInfo,
		membership,
		fileSystemType: (path) => (Object.hasOwn(hidden, path) ? hidden[path] : types.get(path)),
		readFile: (path) => files[path],
	});
}

test('unified', () => {
	expect(layoutOf(unified)).toEqual({
		mode: 'unified',
		unified: {
			mount: '/sys/fs/cgroup',
			root: '/',
			own: '/user.slice/user-1000.slice/session-3.scope',
			controllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc'],
		},
		v1: [],
	});
});

test("systemd's hybrid: co-mounted, named, and without what is not mounted", () => {
	const layout = layoutOf(systemdHybrid);
	expect(layout.mode).toBe('hybrid');
	expect(layout.unified).toMatchObject({ mount: '/sys/fs/cgroup/unified', controllers: [] });
	expect(layout.v1.map(({ mount, controllers, name, own }) => ({ mount, controllers, name, own }))).toEqual([
		{ mount: '/sys/fs/cgroup/systemd', controllers: [], name: 'systemd', own: '/user.slice/session-3.scope' },
		{ mount: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'], name: undefined, own: '/user.slice' },
		{ mount: '/sys/fs/cgroup/net_cls,net_prio', controllers: ['net_cls', 'net_prio'], name: undefined, own: '/' },
		{ mount: '/sys/fs/cgroup/memory', controllers: ['memory'], name: undefined, own: '/user.slice' },
		{ mount: '/sys/fs/cgroup/freezer', controllers: ['freezer'], name: undefined, own: '/' },
	]);
	expect(hierarchyOf(layout, 'cpuacct')?.mount).toBe('/sys/fs/cgroup/cpu,cpuacct');
	expect(hierarchyOf(layout, 'perf_event')).toBeUndefined();
});

test('hybrid with one controller left to the unified hierarchy', () => {
	const layout = layoutOf(plainHybrid);
	expect(layout.mode).toBe('hybrid');
	expect(hierarchyOf(layout, 'hugetlb')).toBe(layout.unified);
	expect(hierarchyOf(layout, 'memory')).toMatchObject({ own: '/api/9bf4', mount: '/sys/fs/cgroup/memory' });
	expect(layout.v1.map(({ controllers }) => controllers)).toEqual([['cpu'], ['cpuacct'], ['memory']]);
});

test('legacy in a container of a v1 host', () => {
	const layout = layoutOf(dockerV1);
	expect(layout).toMatchObject({ mode: 'legacy' });
	expect(layout.unified).toBeUndefined();
	expect(hierarchyOf(layout, 'cpu')).toMatchObject({ root: '/docker/c0ffee', own: '/docker/c0ffee' });
});

test('unified in a container of a v2 host', () => {
	expect(layoutOf(dockerV2)).toMatchObject({
		mode: 'unified',
		unified: { own: '/', controllers: ['cpu', 'memory', 'pids'] },
	});
});

test('what is covered by another mount does not count', () => {
	expect(layoutOf(covered)).toEqual({
		mode: 'unified',
		unified: { mount: '/sys/fs/cgroup', root: '/', own: '/', controllers: ['hugetlb'] },
		v1: [],
	});
});

test('a cgroup2 in the usual place decides, whatever is mounted elsewhere', () => {
	expect(layoutOf(chrootBesideV1)).toEqual({
		mode: 'unified',
		unified: { mount: '/sys/fs/cgroup', root: '/', own: '/', controllers: ['hugetlb'] },
		v1: [],
	});
});

test('plain directories are no cgroups', () => {
	expect(layoutOf(none)).toEqual({ mode: 'none', v1: [] });
	expect(layoutOf({ ...plainHybrid, hidden: { '/sys/fs/cgroup/memory': magic.get('tmpfs') } }).v1).toHaveLength(2);
	expect(layoutOf({ mountInfo: '', membership: '' })).toEqual({ mode: 'none', v1: [] });
});

test('of many mounts of one hierarchy, the usual place; elsewhere the one that shows our cgroup', () => {
	const bind = '90 29 0:32 /api/other /srv/c1/memory rw - cgroup cgroup rw,memory\n';
	const layout = layoutOf({ ...plainHybrid, mountInfo: `${bind}${plainHybrid.mountInfo}${bind}` });
	expect(hierarchyOf(layout, 'memory')?.mount).toBe('/sys/fs/cgroup/memory');

	const elsewhere =
		'90 29 0:32 /api /cg/mine rw - cgroup cgroup rw,memory\n91 29 0:32 /other /cg/other rw - cgroup cgroup rw,memory\n';
	const odd = layoutOf({ mountInfo: elsewhere, membership: '4:memory:/api/9bf4\n' });
	expect(odd.v1).toEqual([{ mount: '/cg/mine', root: '/api', own: '/api/9bf4', controllers: ['memory'] }]);
});

test('a mount point with a space', () => {
	const mountInfo = '30 23 0:26 / /my\\040cgroup rw - cgroup2 cgroup2 rw\n';
	expect(layoutOf({ mountInfo, membership: '0::/\n' }).unified?.mount).toBe('/my cgroup');
});

describe('the directory of a cgroup', () => {
	test.each([
		['/', '/', '/m'],
		['/', '/a/b', '/m/a/b'],
		['/', 'a/b', '/m/a/b'],
		['/docker/id', '/docker/id', '/m'],
		['/docker/id', '/docker/id/x', '/m/x'],
		['/docker/id', '/docker/id2', '/m/docker/id2'],
		['/docker/id', '/x', '/m/x'],
		['/', '/a..b/..c', '/m/a..b/..c'],
	])('root %s, cgroup %s: %s', (root, cgroup, directory) => {
		expect(cgroupDirectory({ mount: '/m', root }, cgroup)).toBe(directory);
	});

	test.each(['/..', '/../other', 'a/../../b'])('%s is outside', (cgroup) => {
		expect(() => cgroupDirectory({ mount: '/m', root: '/' }, cgroup)).toThrow(
			expect.objectContaining({ code: 'ERR_CGROUP' }),
		);
	});
});
