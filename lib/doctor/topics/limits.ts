import type { Examination } from '../examination.js';
import type { Finding } from '../report.js';
import { has, readFile, readSysctl } from '../self.js';

/** Row of /proc/self/limits, the least hard limit that serves a machine full of containers, and what runs out first. */
const resources = [
	['Max open files', 'RLIMIT_NOFILE', 4096, 'many containers held by one process (each takes some five descriptors)'],
	['Max processes', 'RLIMIT_NPROC', 4096, 'containers of this user: all of them count together'],
] as const;

/** Sysctl, the least that serves, and what runs out first. */
const sysctls = [
	['user.max_user_namespaces', 100, 'containers with a user namespace'],
	['user.max_net_namespaces', 100, 'containers with a network of their own'],
	['kernel.pid_max', 32_768, 'processes of all containers together'],
	[
		'kernel.keys.maxkeys',
		200,
		'containers of one ordinary user with a session keyring (--no-new-keyring goes without)',
	],
	['fs.inotify.max_user_instances', 128, 'programs in containers that watch files, of one user together'],
] as const;

export function limitFindings({ self }: Examination): Finding[] {
	const table = readFile('/proc/self/limits') ?? '';
	return [
		...resources.map(([row, subject, least, cost]) => {
			const hard = new RegExp(`^${row}\\s+\\S+\\s+(\\S+)`, 'm').exec(table)?.[1];
			return judged(
				subject,
				hard,
				least,
				cost,
				'Raise it for this session: limits.conf(5), or of a systemd unit Limit...=.',
			);
		}),
		...sysctls.map(([name, least, cost]) =>
			judged(name, readSysctl(name), least, cost, `sysctl -w ${name}=N on the host.`),
		),
		{
			topic: 'limits',
			subject: 'raising limits',
			...(has(self.effective, 'CAP_SYS_RESOURCE')
				? { status: 'works', found: 'we have CAP_SYS_RESOURCE' }
				: {
						status: 'limited',
						found: 'we have no CAP_SYS_RESOURCE',
						cost: 'process.rlimits above our own hard limits, and an oomScoreAdj below our own',
						remedy: 'Ask for at most what this program has (ulimit -aH), or run it with the capability.',
					}),
		},
	];
}

function judged(subject: string, value: string | undefined, least: number, cost: string, remedy: string): Finding {
	const base = { topic: 'limits', subject } as const;
	if (value === undefined) return { ...base, status: 'unknown', found: 'not told by this kernel' };
	const enough = value === 'unlimited' || Number(value) >= least;
	return enough
		? { ...base, status: 'works', found: value }
		: { ...base, status: 'limited', found: value, cost, remedy };
}
