import type { Config } from '../harness/config.js';
import {
	type AsUser,
	asUser,
	lentLine,
	mapPrograms,
	ordinaryUser,
	userBundle,
	userRun,
} from '../harness/ordinary-user.js';
import { describeWith } from '../harness/requirement.js';

/** What an ordinary user is told; `before` are words in front of the command. */
function refusal(edit: (config: Config) => void, before: readonly string[] = [], options: AsUser = {}): string {
	const bundle = userBundle(['true'], edit);
	const { status, stdout, stderr } = asUser([...before, ...userRun(bundle)], options);
	expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
	return stderr;
}

const asRoot = (config: Config) => {
	const ownRoot = [{ containerID: 0, hostID: 0, size: 1 }];
	Object.assign(config.linux, { uidMappings: ownRoot, gidMappings: ownRoot });
};
const inNamespace = ['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--mount-proc'];
const after = (script: string) => [...inNamespace, 'sh', '-euc', `${script}; exec "$@"`, 'sh'];

describeWith(ordinaryUser, 'what an ordinary user cannot have is explained:', () => {
	test('a container without a user namespace', () => {
		const stderr = refusal((config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'user');
			delete config.linux['uidMappings'];
			delete config.linux['gidMappings'];
		});
		expect(stderr).toContain('cannot start the init helper: operation not permitted');
		expect(stderr).toContain('"tsrun spec --rootless"');
	});

	test('a mount with mapped ids', () => {
		const stderr = refusal((config) => {
			config.mounts.push({ destination: '/data', type: 'bind', source: '/tmp', options: ['bind', 'idmap'] });
		});
		expect(stderr).toContain('/mounts/7/source');
		expect(stderr).toContain('Mapping the ids of a mount takes CAP_SYS_ADMIN');
	});

	test('a higher limit than its own', () => {
		const stderr = refusal(
			(config) => {
				config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }];
			},
			['prlimit', '--nofile=150:150'],
		);
		expect(stderr).toContain('/process/rlimits');
		expect(stderr).toContain('CAP_SYS_RESOURCE');
	});

	test('a new sysfs without a new network namespace', () => {
		const stderr = refusal((config) => {
			const mount = config.mounts.find(({ destination }) => destination === '/sys');
			Object.assign(mount ?? {}, { type: 'sysfs', source: 'sysfs', options: ['ro'] });
		});
		expect(stderr).toContain('sysfs can be mounted only with a new network namespace');
	});

	test('a new proc where parts of the old one are covered', () => {
		const stderr = refusal(asRoot, after('mount -t tmpfs tmpfs /proc/sys'));
		expect(stderr).toContain('cannot mount proc at /proc');
		expect(stderr).toContain('only where nothing covers parts of the /proc around it');
	});

	test('a user namespace where the machine allows none', () => {
		// The limit is that of the namespace around, so that the machine itself keeps its own.
		const stderr = refusal(asRoot, after('echo 0 >/proc/sys/user/max_user_namespaces'));
		expect(stderr).toContain('user.max_user_namespaces is 0; set a higher limit in /etc/sysctl.d');
	});

	test('an id that is not in the map of the user namespace around', () => {
		const stderr = refusal(() => {}, inNamespace);
		expect(stderr).toContain('/linux/uidMappings');
		expect(stderr).toContain('/proc/self/uid_map');
	});
});

describeWith([...ordinaryUser, mapPrograms], 'ids that are lent, but not the own one:', () => {
	test('a root file system that root of the container may not reach', () => {
		const bundle = userBundle(['true'], (config) => {
			const lent = [{ containerID: 0, hostID: 700_000, size: 65_536 }];
			Object.assign(config.linux, { uidMappings: lent, gidMappings: lent });
		});
		const { status, stderr } = asUser(['sh', '-c', 'chmod 700 "$0" && exec "$@"', bundle, ...userRun(bundle)], {
			lent: lentLine,
		});
		expect(status).toBe(1);
		expect(stderr).toContain('has to be let through to the root file system');
	});
});
