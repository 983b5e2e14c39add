import { defineCommand } from '../command.js';
import { unsupported } from '../unsupported.js';

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
	async run() {
		throw unsupported('events');
	},
});
