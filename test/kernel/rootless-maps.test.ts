import type { Config } from '../harness/config.js';
import {
	type AsUser,
	asUser,
	lentLine,
	mapPrograms,
	ordinaryUser,
	userBundle,
	userId,
	userRun,
} from '../harness/ordinary-user.js';
import { describeWith } from '../harness/requirement.js';

const needs = [...ordinaryUser, mapPrograms];

const ranges = [
	{ containerID: 0, hostID: userId, size: 1 },
	{ containerID: 1, hostID: 700_000, size: 65_536 },
];
const mapped = (config: Config) => void Object.assign(config.linux, { uidMappings: ranges, gidMappings: ranges });

function run(args: readonly string[], options: AsUser, edit: (config: Config) => void = () => {}) {
	const bundle = userBundle(args, (config) => {
		mapped(config);
		edit(config);
	});
	const { status, stdout, stderr } = asUser(userRun(bundle), options);
	return { status, stdout, stderr };
}

describeWith(needs, 'ids that /etc/subuid and /etc/subgid lend', () => {
	test('are mapped, and setgroups(2) stays', () => {
		const { status, stdout, stderr } = run(
			['sh', '-c', 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; grep ^Groups: /proc/self/status'],
			{ lent: lentLine },
			(config) => {
				config.process.user = { uid: 1000, gid: 1000, additionalGids: [5, 65_536] };
			},
		);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout.trim().split(/\s+/)).toEqual(
			`0 ${userId} 1 1 700000 65536 0 ${userId} 1 1 700000 65536 allow Groups: 5 65536`.split(' '),
		);
	});

	test('may be given files', () => {
		const { stdout, stderr } = run(
			['sh', '-c', 'touch /tmp/x && chown 7:8 /tmp/x && stat -c %u:%g /tmp/x'],
			{
				lent: lentLine,
			},
			(config) => {
				config.root.readonly = false;
				for (const set of Object.values(config.process['capabilities'] as Record<string, string[]>))
					set.push('CAP_CHOWN');
			},
		);
		expect({ stdout, stderr }).toEqual({ stdout: '7:8\n', stderr: '' });
	});

	test('may be all a container has: the user itself is nobody in it', () => {
		const lent = [{ containerID: 0, hostID: 700_000, size: 65_536 }];
		const { stdout, stderr } = run(['sh', '-c', 'id -u; stat -c %u /etc'], { lent: lentLine }, (config) => {
			Object.assign(config.linux, { uidMappings: lent, gidMappings: lent });
		});
		expect({ stdout, stderr }).toEqual({ stdout: '0\n65534\n', stderr: '' });
	});

	test('work together where two lines touch', () => {
		const lent = lentLine.replace('700000:65536', '700000:1000') + lentLine.replace('700000:65536', '701000:64536');
		expect(run(['true'], { lent })).toEqual({ status: 0, stdout: '', stderr: '' });
	});
});

describeWith(needs, 'what is missing on the host is named:', () => {
	const refused = (options: AsUser) => {
		const { status, stdout, stderr } = run(['true'], options);
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		return stderr;
	};

	test('the line in /etc/subgid', () => {
		const stderr = refused({});
		expect(stderr).toContain('cannot map gids: newgidmap: ');
		expect(stderr).toContain('/linux/gidMappings');
		expect(stderr).toContain(
			'/etc/subgid has to lend the ids 700000 to 765535 to tsrun-test (it lends none): add the line tsrun-test:700000:65536',
		);
	});

	test('ids beyond those that are lent', () => {
		expect(refused({ lent: 'tsrun-test:700000:1000\n' })).toContain('(it lends 700000 to 700999)');
	});

	test('the program', () => {
		// A file without an x bit in its place is as good as none.
		const setUp = 'for folder in /usr/bin /bin; do mount --bind /etc/passwd $folder/newgidmap; done';
		const stderr = refused({ lent: lentLine, setUp });
		expect(stderr).toContain('newgidmap is not installed in /usr/bin');
		expect(stderr).toContain('the package is uidmap on Debian');
	});

	test('its setuid bit', () => {
		const setUp = [
			'mount -t tmpfs -o mode=755 tmpfs /mnt',
			'cp /usr/bin/newgidmap /mnt && chmod 755 /mnt/newgidmap && mount --bind /mnt/newgidmap /usr/bin/newgidmap',
		].join('\n');
		expect(refused({ lent: lentLine, setUp })).toContain('chmod u+s /usr/bin/newgidmap');
	});

	test('the effect of the setuid bit', () => {
		expect(refused({ lent: lentLine, setpriv: ['--no-new-privs'] })).toContain('runs with no_new_privs');
	});
});
