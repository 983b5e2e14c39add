import { defineCommand } from '../command.js';

export const resume = defineCommand({
	name: 'resume',
	summary: 'let a paused container go on',
	description: 'Thaws the cgroup of a container that `tsrun pause` froze.',
	options: {},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [{ command: 'tsrun resume web1', explains: 'let web1 go on' }],
	async run({ positionals: [id = ''] }, context) {
		const container = await context.runtime().get(id);
		await container.resume();
		return 0;
	},
});
