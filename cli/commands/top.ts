import { TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { parseDuration } from '../duration.js';

export const top = defineCommand({
	name: 'top',
	summary: 'watch what containers use, and pause or kill them',
	description:
		'Shows a live table of all containers: processor, memory, processes, block devices, pressure (percent of the last 10 s in ' +
		'which a task waited for processor, memory and io), throttling and out-of-memory kills. Keys: up and down select a ' +
		'container, space pauses and resumes it, k kills it after a question; n, c, m, p, i, t and o order by name, cpu, memory, ' +
		'pids, io, throttling and oom kills, r reverses; q ends.',
	options: {
		interval: { kind: 'text', value: 'DURATION', summary: 'time between two samples, such as 500ms (2s)' },
	},
	positionals: { usage: '', minimum: 0, maximum: 0 },
	examples: [
		{ command: 'tsrun top', explains: 'watch all containers' },
		{ command: 'tsrun --root /run/other top --interval 500ms', explains: 'those kept in /run/other, twice a second' },
	],
	async run({ options }, context) {
		const interval = parseDuration('interval', options.interval ?? '2s');
		if (interval <= 0) throw new TsrunError('ERR_ARGUMENT', 'duration interval must be greater than 0');
		const { runTop } = await import('../top/run.js');
		await runTop(context.runtime(), interval, (text) => context.print(text));
		return 0;
	},
});
