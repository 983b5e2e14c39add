import { parseSignal, TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';

export const kill = defineCommand({
	name: 'kill',
	summary: 'send a signal to a container',
	description:
		'Sends a signal (SIGTERM unless another is named) to the first process of the container. When the container shares the pid ' +
		'namespace of the host, KILL reaches every process in its cgroup.',
	options: {
		all: { kind: 'flag', alias: 'a', hidden: true, summary: 'a container that no longer runs is no error' },
	},
	positionals: { usage: '<container-id> [signal]', minimum: 1, maximum: 2 },
	optionsEndAtFirstPositional: true,
	examples: [
		{ command: 'tsrun kill web1', explains: 'ask the program of web1 to end (SIGTERM)' },
		{ command: 'tsrun kill web1 KILL', explains: 'end it at once; 9 and SIGKILL mean the same' },
	],
	async run({ options, positionals: [id = '', signal = ''] }, context) {
		const all = options.all === true;
		const number = parseSignal(signal === '' ? 'SIGTERM' : signal);
		const container = await context.runtime().get(id);
		try {
			await container.kill(number, { all });
		} catch (error) {
			// containerd and CRI-O send `kill --all` after the end as well, and take a failure for a container they cannot stop.
			if (!(all && error instanceof TsrunError && error.code === 'ERR_WRONG_STATUS')) throw error;
		}
		return 0;
	},
});
