import { parseProcess, parseResources, parseSpec } from '../../harness/parse-spec.js';
import { configWith, configWithLinux, configWithProcess } from './minimal.js';
import { refusal } from './refusal.js';

function linuxOf(linux: string) {
	const text = `{"ociVersion":"1.3.0","root":{"path":"rootfs"},"linux":${linux}}`;
	return parseSpec(text, 'config.json').spec.linux;
}

test('64-bit fields are exact bigints', () => {
	const linux = linuxOf(`{
		"resources": {
			"memory": { "limit": 9223372036854775807, "swap": -1, "swappiness": 100 },
			"cpu": { "shares": 18446744073709551615, "quota": -9223372036854775808 },
			"pids": { "limit": 0 },
			"hugepageLimits": [{ "pageSize": "2MB", "limit": 9223372036854771712 }],
			"blockIO": { "weight": 10, "throttleReadBpsDevice": [{ "major": 8, "minor": 0, "rate": 600 }] }
		},
		"seccomp": {
			"defaultAction": "SCMP_ACT_ALLOW",
			"syscalls": [{
				"names": ["clone"], "action": "SCMP_ACT_ERRNO",
				"args": [{ "index": 0, "value": 18446744073709551615, "valueTwo": 9007199254740993, "op": "SCMP_CMP_MASKED_EQ" }]
			}]
		}
	}`);
	expect(linux?.resources?.memory).toEqual({ limit: 2n ** 63n - 1n, swap: -1n, swappiness: 100n });
	expect(linux?.resources?.cpu).toEqual({ shares: 2n ** 64n - 1n, quota: -(2n ** 63n) });
	expect(linux?.resources?.pids?.limit).toBe(0n);
	expect(linux?.resources?.hugepageLimits?.[0]?.limit).toBe(9223372036854771712n);
	expect(linux?.resources?.blockIO?.weight).toBe(10);
	expect(linux?.resources?.blockIO?.throttleReadBpsDevice?.[0]?.rate).toBe(600n);
	expect(linux?.seccomp?.syscalls?.[0]?.args?.[0]).toMatchObject({ value: 2n ** 64n - 1n, valueTwo: 2n ** 53n + 1n });
});

test('null and the empty string mean absent where a member is optional', () => {
	const text = configWithLinux(
		{
			seccomp: { defaultAction: 'SCMP_ACT_ALLOW', architectures: null, syscalls: null },
			namespaces: [{ type: 'pid', path: '' }],
			resources: null,
			cgroupsPath: '',
		},
		{ hooks: null, hostname: '', mounts: [{ destination: '/a', type: null, options: null }] },
	);
	const { spec } = parseSpec(text, 'config.json');
	expect(spec).toEqual({
		ociVersion: '1.3.0',
		root: { path: 'rootfs' },
		process: { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: '/' },
		mounts: [{ destination: '/a' }],
		linux: { seccomp: { defaultAction: 'SCMP_ACT_ALLOW' }, namespaces: [{ type: 'pid' }] },
	});
});

test('unknown properties and other platforms are ignored, annotations are kept', () => {
	const annotations = { 'org.example.a': '1', constructor: 'x', prototype: 'y', toString: 'z', empty: '' };
	const { spec } = parseSpec(configWith({ windows: 7, future: { x: 1.5 }, annotations }), 'config.json');
	expect(spec).not.toHaveProperty('windows');
	expect(spec).not.toHaveProperty('future');
	expect({ ...spec.annotations }).toEqual(annotations);
});

test('__proto__ members reach no prototype', () => {
	const text = configWith().replace('{', '{"__proto__":{"hostname":"evil"},"annotations":{"__proto__":{"x":"y"}},');
	const { spec } = parseSpec(text, 'config.json');
	expect(spec.hostname).toBeUndefined();
	expect(Object.getPrototypeOf(spec)).toBe(Object.prototype);
	expect('x' in {}).toBe(false);
});

test('a config without process, user or linux is complete enough', () => {
	const bare = '{"ociVersion":"1.0.2-dev","root":{"path":"/srv/rootfs"}}';
	expect(parseSpec(bare, 'config.json').spec).toEqual({ ociVersion: '1.0.2-dev', root: { path: '/srv/rootfs' } });
	const { spec } = parseSpec(configWith({ process: { cwd: '/', args: ['sh'] } }), 'config.json');
	expect(spec.process?.user).toEqual({ uid: 0, gid: 0 });
});

test('ids of the user and the level of an I/O priority are 0 where configs written by hand leave them out', () => {
	const text = configWithProcess({ user: { uid: 7 }, ioPriority: { class: 'IOPRIO_CLASS_IDLE' } });
	expect(parseSpec(text, 'config.json').spec.process).toMatchObject({
		user: { uid: 7, gid: 0 },
		ioPriority: { class: 'IOPRIO_CLASS_IDLE', priority: 0 },
	});
	expect(parseProcess('{"cwd":"/","args":["sh"],"user":{"gid":7}}', 'p.json').user).toEqual({ uid: 0, gid: 7 });
});

test.each(['1.0.0', '1.0.2-dev', '1.3.0+dev', '1.3.0-rc.1', '1.99.0'])('ociVersion %s is accepted', (ociVersion) => {
	expect(parseSpec(configWith({ ociVersion }), 'config.json').spec.ociVersion).toBe(ociVersion);
});

test.each(['0.9.0', '2.0.0', '1.0', '1.0.0.0', '01.0.0', '1.0.0-', ' 1.0.0', '1.0.0\n'])(
	'ociVersion %j is refused',
	(ociVersion) => {
		expect(refusal(() => parseSpec(configWith({ ociVersion }), 'config.json')).pointer).toBe('/ociVersion');
	},
);

test('the unsigned spelling of -1 means that swappiness is not set', () => {
	expect(linuxOf('{"resources":{"memory":{"swappiness":18446744073709551615}}}')?.resources?.memory).toEqual({});
	expect(() => linuxOf('{"resources":{"memory":{"swappiness":18446744073709551614}}}')).toThrow('from 0 to 100');
});

test('unknown capability names are not a fault', () => {
	const text = configWithProcess({ capabilities: { bounding: ['CAP_KILL', 'CAP_FROM_THE_FUTURE'] } });
	expect(parseSpec(text, 'c').spec.process?.capabilities?.bounding).toEqual(['CAP_KILL', 'CAP_FROM_THE_FUTURE']);
});

test('the console size is ignored without a terminal', () => {
	const consoleSize = { height: 100_000, width: 80 };
	expect(parseSpec(configWithProcess({ consoleSize }), 'c').spec.process?.consoleSize).toEqual(consoleSize);
	const error = refusal(() => parseSpec(configWithProcess({ consoleSize, terminal: true }), 'c'));
	expect(error.faults.map((fault) => fault.pointer)).toEqual(['/process/consoleSize/height']);
});

test('placeOf finds members, elements and, for what the text does not say, what is around it', () => {
	const text =
		'{\n\t"ociVersion": "1.3.0",\n\t"root": {\n\t\t"path": "rootfs"\n\t},\n\t"annotations": { "a/b": "x" }\n}\n';
	const { placeOf } = parseSpec(text, 'b/config.json');
	expect(placeOf('')).toEqual({ file: 'b/config.json', line: 1, column: 1 });
	expect(placeOf('/root/path')).toEqual({ file: 'b/config.json', line: 4, column: 11 });
	expect(placeOf('/root/readonly')).toEqual({ file: 'b/config.json', line: 3, column: 10 });
	expect(placeOf('/annotations/a~1b')).toEqual({ file: 'b/config.json', line: 6, column: 26 });
	expect(placeOf('/linux/namespaces/0')).toEqual({ file: 'b/config.json', line: 1, column: 1 });
});

test('a faulty member silences only the rules that look at it', () => {
	const process = { user: { uid: 0, gid: 0 }, args: ['sh'], cwd: 'x', rlimits: 3 };
	const text = configWithLinux(
		{ namespaces: 'all', maskedPaths: ['proc'], sysctl: { 'kernel.panic': '1' } },
		{ process },
	);
	const error = refusal(() => parseSpec(text, 'c'));
	expect(error.faults.map((fault) => fault.pointer)).toEqual([
		'/process/cwd',
		'/process/rlimits',
		'/linux/namespaces',
		'/linux/sysctl/kernel.panic',
	]);
});

test('a process of its own', () => {
	const process = parseProcess('{"args":["id"],"cwd":"/","user":{"uid":1,"gid":2},"env":["A=b"]}', 'process.json');
	expect(process).toEqual({ args: ['id'], cwd: '/', user: { uid: 1, gid: 2 }, env: ['A=b'] });
	const error = refusal(() => parseProcess('{"args":[],"cwd":"tmp","env":["A"]}', 'process.json'));
	expect(error.faults.map((fault) => fault.pointer)).toEqual(['/args', '/cwd', '/env/0']);
	expect(error.where?.file).toBe('process.json');
});

test('resources of their own', () => {
	expect(parseResources('{"memory":{"limit":-1},"pids":{"limit":5},"devices":null}', '-')).toEqual({
		memory: { limit: -1n },
		pids: { limit: 5n },
	});
	const error = refusal(() => parseResources('{"unified":{"a/b":"1"},"cpu":{"shares":-1}}', '-'));
	expect(error.faults.map((fault) => fault.pointer)).toEqual(['/unified/a~1b', '/cpu/shares']);
});
