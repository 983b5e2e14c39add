import { TsrunError } from '../../lib/index.js';
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
		const force = options.force === true;
		try {
			const container = await context.runtime().get(id);
			await container.delete({ force });
		} catch (error) {
			// Engines delete with force again after a delete that worked.
			if (!(force && error instanceof TsrunError && error.code === 'ERR_NOT_FOUND')) throw error;
		}
		return 0;
	},
});
