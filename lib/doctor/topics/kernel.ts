import { kernelAtLeast } from '../../host/index.js';
import type { Examination } from '../examination.js';
import type { Finding } from '../report.js';

/** Beyond what tsrun takes for granted, and since when the kernel has it. */
const younger = [
	[5, 14, 'cgroup.kill', 'a container whose processes fork as fast as they are killed takes longer to delete'],
	[5, 19, 'the filter flag SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV', 'a notified call may be interrupted by a signal'],
	[6, 3, 'memory files that nobody can make executable', 'the helper is copied once more when a container spoils it'],
	[6, 9, 'pidfds of threads', 'calls of threads beside the first are answered by their process'],
] as const;

export function kernelFindings({ self, config }: Examination): Finding[] {
	const { kernel } = self.facts;
	const enough = kernelAtLeast(self.facts, 5, 12);
	const lacking = younger.filter(([major, minor]) => !kernelAtLeast(self.facts, major, minor));
	return [
		{
			topic: 'kernel',
			subject: 'version',
			status: enough ? 'works' : 'limited',
			found: `Linux ${kernel.release}`,
			...(enough
				? {}
				: {
						cost: 'mount attributes, mapped mounts and other calls of Linux 5.12 are errors that name the call',
						remedy: 'Boot a kernel of version 5.12 or newer.',
					}),
		},
		...lacking.map(
			([major, minor, subject, cost]): Finding => ({
				topic: 'kernel',
				subject,
				status: 'limited',
				found: `came with Linux ${major}.${minor}; a distribution may have it earlier`,
				cost,
				remedy: `Boot a kernel of version ${major}.${minor} or newer.`,
			}),
		),
		{
			topic: 'kernel',
			subject: 'configuration',
			status: config.source === undefined ? 'unknown' : 'works',
			found: config.source ?? 'neither /proc/config.gz nor a file of /boot or /lib/modules tells it',
			...(config.source === undefined
				? {
						cost: 'what cannot be tried is not looked up here either',
						remedy: 'Load the module configs, or install the kernel package’s files in /boot.',
					}
				: {}),
		},
	];
}
