import { TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { type Measured, openMetrics } from '../usage/open-metrics.js';
import { statsOf } from '../usage/sampler.js';

export const metrics = defineCommand({
	name: 'metrics',
	summary: 'print what containers use for Prometheus',
	description:
		'Prints one OpenMetrics page about all containers: their status, processor, memory, processes, block devices, network, ' +
		'pressure and out-of-memory kills. Nothing stays behind and nothing listens: have a timer write the page to a file that ' +
		'the textfile collector of node_exporter reads, or have a web server run it.',
	options: {},
	positionals: { usage: '', minimum: 0, maximum: 0 },
	examples: [
		{ command: 'tsrun metrics', explains: 'the page' },
		{
			command:
				'tsrun metrics > /var/lib/node_exporter/tsrun.tmp && mv /var/lib/node_exporter/tsrun.tmp /var/lib/node_exporter/tsrun.prom',
			explains: 'for the textfile collector, which must not see half a page',
		},
	],
	async run(_, context) {
		const runtime = context.runtime();
		const { containers, errors } = await runtime.list();
		for (const error of errors) context.log.write('warning', error.message);
		const measured: Measured[] = [];
		for (const state of containers) {
			const lives = state.status === 'running' || state.status === 'paused' || state.status === 'created';
			measured.push({ state, stats: lives ? await unlessGone(statsOf(runtime, state.id)) : undefined });
		}
		await context.print(openMetrics(measured));
		return 0;
	},
});

/** A container may end between being listed and being measured. */
async function unlessGone<T>(sample: Promise<T>): Promise<T | undefined> {
	try {
		return await sample;
	} catch (error) {
		if (error instanceof TsrunError && (error.code === 'ERR_NOT_FOUND' || error.code === 'ERR_WRONG_STATUS'))
			return undefined;
		throw error;
	}
}
