import { defineCommand } from '../command.js';

export const pause = defineCommand({
	name: 'pause',
	summary: 'stop all processes of a container for a while',
	description: 'Freezes the cgroup of a running container: its processes get no processor time until `tsrun resume`.',
	options: {},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [{ command: 'tsrun pause web1', explains: 'freeze web1' }],
	async run({ positionals: [id = ''] }, context) {
		const container = await context.runtime().get(id);
		await container.pause();
		return 0;
	},
});
