import { setTimeout as delay } from 'node:timers/promises';
import { jsonText, TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { parseDuration } from '../duration.js';
import { table } from '../print.js';
import { type Row, Sampler } from '../usage/sampler.js';
import { bytesText, ofLimit, pairText, percentText, pressureText } from '../usage/words.js';

export const stats = defineCommand({
	name: 'stats',
	summary: 'print once what containers use',
	description:
		'Prints one line for each container that runs, or for those that are named: processor, memory, processes, block devices, ' +
		'network, pressure, throttling and out-of-memory kills. Processor time is measured over --interval; 100 % are one processor. ' +
		'Memory is without the part of the page cache that is given up first.',
	options: {
		format: { kind: 'text', value: 'FORMAT', choices: ['table', 'json'], summary: 'table (default) or json' },
		interval: { kind: 'text', value: 'DURATION', summary: 'the time over which the processor is measured (500ms)' },
	},
	positionals: { usage: '[container-id ...]', minimum: 0, maximum: Number.POSITIVE_INFINITY },
	examples: [
		{ command: 'tsrun stats', explains: 'what every container uses' },
		{ command: 'tsrun stats --format json web1', explains: 'the same of web1, for a program to read' },
	],
	async run({ options, positionals }, context) {
		const interval = parseDuration('interval', options.interval ?? '500ms');
		if (interval <= 0) throw new TsrunError('ERR_ARGUMENT', 'duration interval must be greater than 0');
		const sampler = new Sampler(context.runtime(), positionals);
		if ((await sampler.sample()).length > 0) await delay(interval);
		const rows = await sampler.sample();
		await context.print(
			options.format === 'json' ? `${jsonText(rows.map(document))}\n` : table(header, rows.map(cells)),
		);
		return 0;
	},
});

const header = [
	'ID',
	'STATUS',
	'CPU',
	'MEMORY',
	'PIDS',
	'IO READ / WRITTEN',
	'NET IN / OUT',
	'PRESSURE',
	'THROTTLED',
	'OOM',
];

function cells({ id, status, cpu, throttled, usage }: Row): string[] {
	const { memory, memoryLimit, pids, pidsLimit, io, network, pressure, oomKills } = usage;
	return [
		id,
		status,
		percentText(cpu),
		ofLimit(memory, memoryLimit, bytesText),
		ofLimit(pids, pidsLimit, String),
		pairText(io?.read, io?.written),
		pairText(network?.received, network?.sent),
		pressureText(pressure),
		percentText(throttled),
		oomKills === undefined ? '-' : String(oomKills),
	];
}

function document({ id, status, pid, cpu, throttled, usage }: Row): object {
	const { time, cpu: cpuNanoseconds, throttled: _, ...rest } = usage;
	return {
		id,
		status,
		pid,
		time: new Date(time).toISOString(),
		cpuPercent: cpu,
		cpuNanoseconds,
		throttledPercent: throttled,
		...rest,
	};
}
