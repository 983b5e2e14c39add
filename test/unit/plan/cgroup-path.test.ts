import type { CgroupHierarchy, CgroupLayout } from '../../../lib/host/index.js';
import { allDirectories, cgroupDirectories, controllerKeys, ownDirectories } from '../../../lib/plan/cgroup-path.js';

const hierarchy = (mount: string, own: string, controllers: string[] = [], root = '/'): CgroupHierarchy => ({
	mount,
	root,
	own,
	controllers,
});

const unified = (own: string): CgroupLayout => ({ mode: 'unified', unified: hierarchy('/cg', own), v1: [] });

const hybrid: CgroupLayout = {
	mode: 'hybrid',
	unified: hierarchy('/cg/unified', '/a'),
	v1: [
		hierarchy('/cg/cpu,cpuacct', '/b', ['cpu', 'cpuacct']),
		hierarchy('/cg/memory', '/', ['memory']),
		{ ...hierarchy('/cg/systemd', '/c'), name: 'systemd' },
	],
};

/** In a container without cgroup namespace: its own part of the hierarchy is all that is mounted. */
const partial: CgroupLayout = {
	mode: 'legacy',
	v1: [hierarchy('/cg/memory', '/docker/c0ffee', ['memory'], '/docker/c0ffee')],
};

test.each([
	['absolute, from the mount', '/system.slice/engine.service', '/pod/box', '/cg/pod/box'],
	['relative, beside the runtime', '/system.slice/engine.service', 'pod/box', '/cg/system.slice/pod/box'],
	['none, beside the runtime', '/system.slice/engine.service', undefined, '/cg/system.slice/box'],
	['relative, from the top of a cgroup namespace', '/', 'pod/box', '/cg/pod/box'],
	['relative, one below the top', '/engine', 'box', '/cg/box'],
	['with slashes that mean nothing', '/', '//pod///box/./', '/cg/pod/box'],
	['the mount itself', '/x', '/', '/cg'],
])('in a unified hierarchy: %s', (_name, own, asked, directory) => {
	expect(cgroupDirectories(unified(own), 'box', asked)).toEqual({ unified: directory, v1: {} });
});

test('beside v1 hierarchies the unified one has no controllers to hand on, so that the runtime’s own cgroup is the base', () => {
	expect(cgroupDirectories(hybrid, 'box', undefined)).toEqual({
		unified: '/cg/unified/a/box',
		v1: {
			cpu: '/cg/cpu,cpuacct/b/box',
			cpuacct: '/cg/cpu,cpuacct/b/box',
			memory: '/cg/memory/box',
			'name=systemd': '/cg/systemd/c/box',
		},
	});
});

test.each(['init.scope', 'system.slice', 'sshd.service', 'home.mount', 'cgroup.procs', 'tasks', 'release_agent'])(
	'an id that is the name of somebody else’s cgroup or file, %s, does not name the container’s',
	(id) => {
		expect(cgroupDirectories(unified('/'), id, undefined)).toEqual({ unified: `/cg/tsrun-${id}`, v1: {} });
		expect(cgroupDirectories(unified('/'), id, `/${id}`)).toEqual({ unified: `/cg/${id}`, v1: {} });
	},
);

test.each(['web.1', 'slice', 'my-tasks', 'scopes.a'])('an id like %s does', (id) => {
	expect(cgroupDirectories(unified('/'), id, undefined)).toEqual({ unified: `/cg/${id}`, v1: {} });
});

test('an absolute path is the same in every hierarchy', () => {
	expect(allDirectories(cgroupDirectories(hybrid, 'box', '/pod'))).toEqual([
		'/cg/cpu,cpuacct/pod',
		'/cg/memory/pod',
		'/cg/systemd/pod',
		'/cg/unified/pod',
	]);
});

test.each([
	['/pod', '/cg/memory/pod'],
	['pod', '/cg/memory/pod'],
	['/docker/c0ffee/pod', '/cg/memory/pod'],
])('where a part of the hierarchy is mounted, %s is inside that part', (asked, directory) => {
	expect(cgroupDirectories(partial, 'box', asked).v1).toEqual({ memory: directory });
});

test('the cgroup of the runtime itself', () => {
	expect(ownDirectories(hybrid)).toEqual({
		unified: '/cg/unified/a',
		v1: {
			cpu: '/cg/cpu,cpuacct/b',
			cpuacct: '/cg/cpu,cpuacct/b',
			memory: '/cg/memory',
			'name=systemd': '/cg/systemd/c',
		},
	});
	expect(ownDirectories(partial).v1).toEqual({ memory: '/cg/memory' });
});

test('a host without cgroups', () => {
	const directories = cgroupDirectories({ mode: 'none', v1: [] }, 'box', '/pod');
	expect(directories).toEqual({ v1: {} });
	expect(allDirectories(directories)).toEqual([]);
});

test('a hierarchy is known by its controllers, a named one by its name', () => {
	expect(hybrid.v1.map(controllerKeys)).toEqual([['cpu', 'cpuacct'], ['memory'], ['name=systemd']]);
});
