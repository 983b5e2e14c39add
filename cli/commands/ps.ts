import { defineCommand } from '../command.js';

export const ps = defineCommand({
	name: 'ps',
	summary: 'show the processes of a container',
	description:
		"Runs the machine's ps and prints its header and the lines of processes that are in the container. Words after the id are " +
		'handed to ps (-ef when there are none); they must let it print a PID column.',
	options: {
		format: {
			kind: 'text',
			alias: 'f',
			value: 'FORMAT',
			choices: ['table', 'json'],
			summary: 'table (default) or json',
		},
	},
	positionals: { usage: '<container-id> [ps-option ...]', minimum: 1, maximum: Number.POSITIVE_INFINITY },
	optionsEndAtFirstPositional: true,
	examples: [
		{ command: 'tsrun ps web1', explains: 'what `ps -ef` says about the processes of web1' },
		{ command: 'tsrun ps --format json web1', explains: 'their pids, as an array' },
		{ command: 'tsrun ps web1 -o pid,rss,args', explains: 'other columns' },
	],
	async run({ options, positionals: [id = '', ...words] }, context) {
		const container = await context.runtime().get(id);
		const pids = await container.ps();
		if (options.format === 'json') {
			await context.print(`${JSON.stringify(pids.length === 0 ? null : pids)}\n`);
			return 0;
		}
		const { processTable } = await import('../process-table.js');
		await context.print(await processTable(pids, words.length === 0 ? ['-ef'] : words, context.env));
		return 0;
	},
});
