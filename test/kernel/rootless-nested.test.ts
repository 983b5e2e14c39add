import type { Config } from '../harness/config.js';
import { asUser, ordinaryUser, userBundle, userDirectory, userId, userRun } from '../harness/ordinary-user.js';
import { describeWith } from '../harness/requirement.js';

const withoutUserNamespace = (config: Config) => {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'user');
	delete config.linux['uidMappings'];
	delete config.linux['gidMappings'];
};
const ownRoot = [{ containerID: 0, hostID: 0, size: 1 }];
const nested = (config: Config) => void Object.assign(config.linux, { uidMappings: ownRoot, gidMappings: ownRoot });

const script = 'id -u; cat /proc/self/uid_map; cat /data/file; stat -c %t:%T /dev/null';

function inUserNamespace(words: readonly string[], edit: (config: Config) => void) {
	const data = userDirectory('data');
	const bundle = userBundle(['sh', '-c', script], (config) => {
		config.root.readonly = false;
		config.mounts.push({ destination: '/data', type: 'bind', source: data, options: ['rbind', 'nosuid'] });
		edit(config);
	});
	const { status, stdout, stderr } = asUser([
		'sh',
		'-c',
		`echo text >${data}/file && exec "$@"`,
		'sh',
		...words,
		...userRun(bundle),
	]);
	return { status, stdout: stdout.trim().split(/\s+/), stderr };
}

describeWith(ordinaryUser, 'a runtime that is root of a user namespace', () => {
	test.each([
		['in the mount namespace of the machine', ['unshare', '--user', '--map-root-user']],
		['in a mount namespace of its own', ['unshare', '--user', '--map-root-user', '--mount']],
		['as pid 1', ['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--mount-proc']],
	])('%s', (_title, words) => {
		expect(inUserNamespace(words, withoutUserNamespace)).toEqual({
			status: 0,
			stdout: ['0', '0', String(userId), '1', 'text', '1:3'],
			stderr: '',
		});
		expect(inUserNamespace(words, nested)).toEqual({
			status: 0,
			stdout: ['0', '0', '0', '1', 'text', '1:3'],
			stderr: '',
		});
	});
});

describeWith(ordinaryUser, 'a user namespace of the user that is joined', () => {
	test('with another one that it owns', () => {
		const bundle = userBundle(
			[
				'sh',
				'-c',
				'id -u; cat /proc/self/oom_score_adj; ip -o link | wc -l; readlink /proc/self/ns/user; readlink /proc/self/ns/net',
			],
			(config) => {
				withoutUserNamespace(config);
				config.process['oomScoreAdj'] = 321;
				config.linux.namespaces.push({ type: 'user', path: '/proc/HOLDER/ns/user' });
				config.linux.namespaces.push({ type: 'network', path: '/proc/HOLDER/ns/net' });
			},
		);
		const hold = [
			'exec 3<>"$0/ready"',
			'unshare --user --map-root-user --net sh -c "echo >$0/ready; exec sleep 600" & holder=$!',
			'read -r _ <&3',
			'sed -i "s/HOLDER/$holder/" $0/config.json',
			'readlink /proc/$holder/ns/user /proc/$holder/ns/net',
			'"$@"; status=$?; kill $holder; exit $status',
		].join('\n');
		const { status, stdout, stderr } = asUser(['sh', '-c', `mkfifo $0/ready\n${hold}`, bundle, ...userRun(bundle)]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		const [user, network, ...inside] = stdout.trim().split('\n');
		expect(inside).toEqual(['0', '321', '1', user, network]);
	});
});
