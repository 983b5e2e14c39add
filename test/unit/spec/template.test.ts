import { defaultSpec, renderSpec, type TemplateOptions } from '../../../lib/spec/index.js';
import { parseSpec } from '../../harness/parse-spec.js';

const root: TemplateOptions = { cgroup2: false, uid: 0, gid: 0 };
const rootless: TemplateOptions = { rootless: true, cgroup2: true, uid: 1000, gid: 100 };

function specOf(options: TemplateOptions) {
	return parseSpec(renderSpec(defaultSpec(options)), 'config.json').spec;
}

function typesOf(options: TemplateOptions) {
	return specOf(options).linux?.namespaces?.map((namespace) => namespace.type);
}

test('is text for people: tabs, a newline at the end', () => {
	const text = renderSpec(defaultSpec(root));
	expect(text.split('\n')[1]).toBe('\t"ociVersion": "1.3.0",');
	expect(text.endsWith('}\n')).toBe(true);
	expect(text.endsWith('\n\n')).toBe(false);
});

test('namespaces follow the machine and the user', () => {
	expect(typesOf(root)).toEqual(['pid', 'network', 'ipc', 'uts', 'mount']);
	expect(typesOf({ ...root, cgroup2: true })).toEqual(['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup']);
	expect(typesOf(rootless)).toEqual(['pid', 'ipc', 'uts', 'mount', 'cgroup', 'user']);
});

test('the process is a shell with little power', () => {
	const { process } = specOf(root);
	expect(process).toMatchObject({
		terminal: true,
		args: ['sh'],
		cwd: '/',
		user: { uid: 0, gid: 0 },
		noNewPrivileges: true,
	});
	expect(process?.rlimits).toEqual([{ type: 'RLIMIT_NOFILE', soft: 1024n, hard: 1024n }]);
	expect(process?.capabilities).toEqual({
		bounding: ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'],
		effective: ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'],
		permitted: ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'],
	});
});

test('rootless: own ids, the sysfs of the host, no resources, no foreign ids in mount options', () => {
	const { linux, mounts } = specOf(rootless);
	expect(linux?.uidMappings).toEqual([{ containerID: 0, hostID: 1000, size: 1 }]);
	expect(linux?.gidMappings).toEqual([{ containerID: 0, hostID: 100, size: 1 }]);
	expect(linux?.resources).toBeUndefined();
	const sys = mounts?.find((mount) => mount.destination === '/sys');
	expect(sys).toMatchObject({ source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] });
	expect(mounts?.flatMap((mount) => mount.options ?? []).filter((option) => /^[ug]id=/.test(option))).toEqual([]);
	expect(specOf(root).linux?.resources?.devices).toEqual([{ allow: false, access: 'rwm' }]);
});

test('two calls share nothing', () => {
	const first = defaultSpec(root);
	(first['process'] as { args: string[] }).args.push('-x');
	expect(specOf(root).process?.args).toEqual(['sh']);
	expect(defaultSpec(root)).not.toEqual(first);
});
