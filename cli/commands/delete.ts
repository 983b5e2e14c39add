import { defineCommand } from '../command.js';

export const remove = defineCommand({
	name: 'delete',
	summary: 'remove a container that has stopped',
	description:
		'Removes what tsrun holds for a container: its cgroup and its state. A created container is killed first, a running one only ' +
		'with --force. The bundle is not touched.',
	options: {
		force: { kind: 'flag', alias: 'f', summary: 'kill what still runs; an unknown container is no error' },
	},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun delete web1', explains: 'remove web1, which has ended' },
		{ command: 'tsrun delete --force web1', explains: 'remove web1 whatever it is doing' },
	],
	async run({ options, positionals: [id = ''] }, context) {
		// Engines delete with force again after a delete that worked: then nothing to delete is no error.
		await context.runtime().delete(id, { force: options.force === true });
		return 0;
	},
});
