import { defineCommand } from '../command.js';
import { resourcesOf, schemataOf } from '../resource-flags.js';
import { updateOptions } from '../update-options.js';

export const update = defineCommand({
	name: 'update',
	summary: 'change the resource limits of a container',
	description:
		'Changes limits of a container that exists. They come from single options, or as a linux.resources object in JSON from a file ' +
		'or standard input (--resources); single options are then ignored. Sizes may end in k, m, g or t; -1 means no limit.',
	options: updateOptions,
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun update --memory 512m --pids-limit 200 web1', explains: 'at most 512 MiB and 200 processes' },
		{ command: 'echo \'{"cpu":{"shares":512}}\' | tsrun update --resources - web1', explains: 'from JSON' },
	],
	async run({ options, positionals: [id = ''] }, context) {
		const resources = await resourcesOf(options, context);
		const container = await context.runtime().get(id);
		await container.update(resources, schemataOf(options));
		return 0;
	},
});
