import { resolve } from 'node:path';
import * as define from '../../../lib/define/index.js';
import type { capabilityNames } from '../../../lib/plan/tables/capabilities.js';
import type { SpecInput } from '../../../lib/spec/index.js';
import { readSpecObject } from '../../../lib/spec/object.js';

const { defineSpec } = define;
const base = (...changes: define.SpecChange[]) =>
	defineSpec({ rootfs: '/r', args: ['true'], rootless: false }, ...changes);

/** Everything in it frozen, so that a change in place throws. */
function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null)
		for (const member of Object.values(Object.freeze(value))) frozen(member);
	return value;
}

const changes: Readonly<Record<string, define.SpecChange>> = {
	addCapabilities: define.addCapabilities('CAP_NET_RAW'),
	bind: define.bind('/etc', '/in'),
	capabilities: define.capabilities('CAP_CHOWN'),
	compose: define.compose(define.pids(5), define.cpus(2)),
	cpus: define.cpus(0.25),
	dropCapabilities: define.dropCapabilities('CAP_KILL'),
	memory: define.memory('1G', { swap: '1G', reservation: 4096 }),
	merge: define.merge({ process: { oomScoreAdj: 5 }, annotations: { a: 'b' } }),
	mount: define.mount({ destination: '/m', type: 'tmpfs', source: 'm' }),
	namespace: define.namespace('time', 'new'),
	network: define.network('host'),
	pids: define.pids(64),
	resources: define.resources({ unified: { 'memory.high': 'max' } }),
	tmpfs: define.tmpfs('/tmp', { size: '1M', mode: 0o700 }),
	userNamespace: define.userNamespace(100_000),
};

test('every change that the module has is looked at here', () => {
	expect(Object.keys(changes)).toEqual(
		Object.keys(define)
			.filter((name) => name !== 'defineSpec')
			.sort(),
	);
});

test.each(Object.entries(changes))(
	'%s makes another sound config, and leaves the first as it is',
	async (_, change) => {
		const before = frozen(base());
		const after = change(before);
		expect(after).not.toEqual(before);
		await expect(readSpecObject(after)).resolves.toMatchObject({ spec: { root: { path: '/r' } } });
		expect(frozen(JSON.parse(JSON.stringify(after, bigints)))).toEqual(JSON.parse(JSON.stringify(after, bigints)));
	},
);

function bigints(_name: string, value: unknown): unknown {
	return typeof value === 'bigint' ? Number(value) : value;
}

test('what is left out has a default', () => {
	const spec = base();
	expect(spec.root).toEqual({ path: '/r', readonly: true });
	expect(spec.process).toMatchObject({ terminal: false, cwd: '/', user: { uid: 0, gid: 0 }, noNewPrivileges: true });
	expect(spec.process?.env?.map((entry) => entry.split('=')[0])).toEqual(['PATH']);
	expect(spec.linux?.namespaces?.map(({ type }) => type)).toEqual(expect.arrayContaining(['pid', 'network', 'mount']));
});

test('options are taken as they are', () => {
	const env = { PATH: '/bin', LANG: 'C', EMPTY: '' };
	const user = { uid: 5 };
	const options = { rootfs: 'a/b', args: ['x'], env, user, cwd: '/w', hostname: 'h', writable: true, terminal: true };
	const spec = defineSpec({ ...options, rootless: false });
	expect(spec.root).toEqual({ path: resolve('a/b'), readonly: false });
	expect(spec).toMatchObject({
		hostname: 'h',
		process: { args: ['x'], cwd: '/w', terminal: true, user: { uid: 5, gid: 5 } },
	});
	expect(spec.process?.env).toEqual(['TERM=xterm', 'PATH=/bin', 'LANG=C', 'EMPTY=']);
});

test('without root the own user is root of a user namespace', () => {
	const spec = defineSpec({ rootfs: '/r', args: ['x'], rootless: true });
	expect(spec.linux?.namespaces).toContainEqual({ type: 'user' });
	expect(spec.linux?.uidMappings).toEqual([{ containerID: 0, hostID: process.geteuid?.(), size: 1 }]);
});

test('changes are made in their order, and functions of others among them', () => {
	const own = (spec: SpecInput): SpecInput => ({ ...spec, hostname: `${spec.hostname}-2` });
	expect(base(define.merge({ hostname: 'one' }), own).hostname).toBe('one-2');
	expect(base(own, define.merge({ hostname: 'one' })).hostname).toBe('one');
	const limits = base(define.memory(100), define.pids(5), define.memory(200)).linux?.resources;
	expect(limits).toMatchObject({ memory: { limit: 200 }, pids: { limit: 5 }, devices: [{ allow: false }] });
	expect(base(define.memory(100, { swap: 50 })).linux?.resources?.memory).toEqual({ limit: 100, swap: 150 });
});

// Judged by tsc.
const typeOfTable: define.Capability extends (typeof capabilityNames)[number] ? true : false = true;
const tableOfType: (typeof capabilityNames)[number] extends define.Capability ? true : false = true;

test('the type knows the capabilities that the kernel knows', () => {
	expect([typeOfTable, tableOfType]).toEqual([true, true]);
});

test('capabilities are those in all three sets', () => {
	const of = (...changes: define.SpecChange[]) => base(...changes).process?.capabilities;
	const all = (names: string[]) => ({ bounding: names, effective: names, permitted: names });
	expect(of(define.capabilities())).toEqual(all([]));
	expect(of(define.capabilities('CAP_CHOWN'), define.addCapabilities('CAP_CHOWN', 'CAP_KILL'))).toEqual(
		all(['CAP_CHOWN', 'CAP_KILL']),
	);
	expect(of(define.dropCapabilities('CAP_KILL', 'CAP_AUDIT_WRITE'))).toEqual(all(['CAP_NET_BIND_SERVICE']));
});

test('a namespace stands in the list once, by path or not at all', () => {
	const of = (...changes: define.SpecChange[]) =>
		base(...changes).linux?.namespaces?.filter(({ type }) => type === 'network' || type === 'mount');
	expect(of(define.network('host'))).toEqual([{ type: 'mount' }]);
	expect(of(define.network({ pid: 5 }))).toEqual([{ type: 'mount' }, { type: 'network', path: '/proc/5/ns/net' }]);
	expect(of(define.namespace('mount', { path: '/run/m' }))).toEqual([
		{ type: 'network' },
		{ type: 'mount', path: '/run/m' },
	]);
	expect(of(define.network('new'), define.network('new'))).toEqual([{ type: 'mount' }, { type: 'network' }]);
});

test('what is bound cannot be written unless it is said', () => {
	const options = (change: define.SpecChange) => base(change).mounts?.at(-1)?.options;
	expect(options(define.bind('/a', '/b'))).toEqual(['rbind', 'nosuid', 'nodev', 'rro']);
	expect(options(define.bind('/a', '/b', { writable: true }))).toEqual(['rbind', 'nosuid', 'nodev']);
	const odd = define.bind('/a', '/b', { recursive: false, executable: false });
	expect(options(odd)).toEqual(['bind', 'nosuid', 'nodev', 'noexec', 'ro']);
	expect(base(define.bind('a', '/b')).mounts?.at(-1)?.source).toBe(resolve('a'));
});

test('a config without a process stays without one', () => {
	const { process: _, ...still } = base();
	expect(define.addCapabilities('CAP_CHOWN')(still).process).toBeUndefined();
});
