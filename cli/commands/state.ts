import { defineCommand } from '../command.js';
import { stateDocument } from '../print.js';

export const state = defineCommand({
	name: 'state',
	summary: 'print the state of a container as JSON',
	description: 'Prints the state document of the runtime-spec. The pid is 0 once the container has stopped.',
	options: {},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [{ command: 'tsrun state web1', explains: 'print pid, status, bundle and more of web1' }],
	async run({ positionals: [id = ''] }, context) {
		const container = await context.runtime().get(id);
		await context.print(`${JSON.stringify(stateDocument(await container.state()), null, 2)}\n`);
		return 0;
	},
});
