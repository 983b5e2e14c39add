import { defaultSpec } from '../../lib/spec/index.js';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A config that uses most members, as a plain object of its own. */
export function fullConfig(): { [name: string]: Json } {
	const mappings = [{ containerID: 0, hostID: 1000, size: 10 }];
	const config = JSON.parse(JSON.stringify(defaultSpec({ rootless: true, cgroup2: true, uid: 1, gid: 1 })));
	Object.assign(config, {
		annotations: { 'org.example.a': 'b' },
		hooks: { poststop: [{ path: '/bin/hook', args: ['hook'], env: ['A=b'], timeout: 3 }] },
	});
	Object.assign(config.linux, {
		uidMappings: mappings,
		gidMappings: mappings,
		cgroupsPath: '/box',
		sysctl: { 'kernel.shmmax': '1' },
		devices: [{ type: 'c', path: '/dev/x', major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0 }],
		resources: { memory: { limit: 4096 }, unified: { 'memory.high': '1' }, rdma: { a: { hcaHandles: 1 } } },
		seccomp: {
			defaultAction: 'SCMP_ACT_ERRNO',
			syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] }],
		},
		intelRdt: { closID: 'a', schemata: ['L3:0=f'] },
		memoryPolicy: { mode: 'MPOL_BIND', nodes: '0-1', flags: ['MPOL_F_STATIC_NODES'] },
	});
	return config;
}

/** Every place of a value at which it can be replaced. */
export function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
	if (typeof value !== 'object' || value === null) return [path];
	const inner = Object.entries(value).flatMap(([name, member]) => places(member, [...path, name]));
	return path.length === 0 ? inner : [path, ...inner];
}

export function replaced(value: Json, path: readonly (string | number)[], by: Json): Json {
	const [name, ...rest] = path;
	if (name === undefined) return by;
	if (Array.isArray(value))
		return value.map((element, index) => (index === Number(name) ? replaced(element, rest, by) : element));
	const object = value as { [name: string]: Json };
	return { ...object, [name]: replaced(object[name] ?? null, rest, by) };
}
