import { TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import type { Grammar } from '../completion/grammar.js';

type Script = (grammar: Grammar) => string;

const shells = new Map<string, () => Promise<Script>>([
	['bash', async () => (await import('../completion/bash.js')).bashScript],
	['zsh', async () => (await import('../completion/zsh.js')).zshScript],
	['fish', async () => (await import('../completion/fish.js')).fishScript],
]);

export const completion = defineCommand({
	name: 'completion',
	summary: 'print a script that completes tsrun in a shell',
	description:
		'Prints a script for bash, zsh or fish: verbs, options, values, files, and the ids of containers that exist are completed ' +
		'with the tabulator key.',
	options: {},
	positionals: { usage: '<bash|zsh|fish>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'source <(tsrun completion bash)', explains: 'for this bash; in ~/.bashrc for each' },
		{ command: 'tsrun completion zsh > "$fpath[1]/_tsrun"', explains: 'for each zsh that runs compinit' },
		{ command: 'tsrun completion fish > ~/.config/fish/completions/tsrun.fish', explains: 'for each fish' },
	],
	async run({ positionals: [shell = ''] }, context) {
		const load = shells.get(shell);
		if (load === undefined)
			throw new TsrunError(
				'ERR_ARGUMENT',
				`there is no completion for ${JSON.stringify(shell)}, only for ${[...shells.keys()].join(', ')}`,
			);
		const [script, { grammarOf }] = await Promise.all([load(), import('../completion/grammar.js')]);
		await context.print(script(await grammarOf()));
		return 0;
	},
});
