import { defineCommand } from '../command.js';

export const start = defineCommand({
	name: 'start',
	summary: 'start the program of a created container',
	description: 'Lets a container that `tsrun create` made go on to its program, then runs the poststart hooks.',
	options: {},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [{ command: 'tsrun start web1', explains: 'start the program of web1' }],
	async run({ positionals: [id = ''] }, context) {
		const container = await context.runtime().get(id);
		await container.start({ notify: 'hand-over' });
		return 0;
	},
});
