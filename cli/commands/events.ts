import { jsonText } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { parseDuration } from '../duration.js';
import { statsDocument } from '../stats-document.js';

export const events = defineCommand({
	name: 'events',
	summary: 'print resource usage and out-of-memory events',
	description:
		'Prints one JSON object a line: the usage of resources in an interval, and every out-of-memory kill when it happens.',
	options: {
		interval: { kind: 'text', value: 'DURATION', summary: 'time between two reports, such as 500ms or 1m30s (5s)' },
		stats: { kind: 'flag', summary: 'print the usage once and exit' },
	},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun events --stats web1', explains: 'the usage of web1 now' },
		{ command: 'tsrun events --interval 1s web1', explains: 'and each second, until web1 ends' },
	],
	async run({ options, positionals: [id = ''] }, context) {
		const intervalMs = parseDuration('interval', options.interval ?? '5s');
		const container = await context.runtime().get(id);
		const print = (type: string, data?: object) => context.print(`${jsonText({ type, id, data })}\n`);
		if (options.stats === true) {
			for await (const stats of container.stats({ intervalMs })) {
				await print('stats', statsDocument(stats));
				break;
			}
			return 0;
		}
		for await (const event of container.events({ intervalMs })) {
			await print(event.type, event.type === 'stats' ? statsDocument(event.stats) : undefined);
		}
		return 0;
	},
});
