import { TsrunError } from '../../lib/index.js';
import { existsSync } from '../../lib/native/files.js';
import { defineCommand } from '../command.js';
import { stateDocument, table } from '../print.js';

export const list = defineCommand({
	name: 'list',
	summary: 'list the containers under the state root',
	description:
		'Lists the containers under --root. What lies there and cannot be read as a container is named on stderr.',
	options: {
		format: {
			kind: 'text',
			alias: 'f',
			value: 'FORMAT',
			choices: ['table', 'json'],
			summary: 'table (default) or json',
		},
		quiet: { kind: 'flag', alias: 'q', summary: 'print only ids, one a line' },
	},
	positionals: { usage: '', minimum: 0, maximum: 0 },
	examples: [
		{ command: 'tsrun list', explains: 'one line for each container' },
		{ command: 'tsrun --root /run/other list -q', explains: 'the ids of the containers kept in /run/other' },
	],
	async run({ options }, context) {
		const { root } = context.globals;
		// Without --root nothing there means no container yet; a root that was asked for by name is expected to exist.
		if (root !== undefined && !existsSync(root))
			throw new TsrunError('ERR_STATE_ROOT', `cannot list ${root}: no such file or directory`, {
				path: root,
				errno: 'ENOENT',
			});

		const { containers, errors } = await context.runtime().list();
		for (const error of errors) context.log.write('warning', wordsOf(error));

		if (options.quiet === true) {
			await context.print(containers.map(({ id }) => `${id}\n`).join(''));
		} else if (options.format === 'json') {
			// runc encodes an empty Go slice, which is null; callers that decode it accept nothing else more readily.
			const documents = containers.length === 0 ? null : containers.map(stateDocument);
			await context.print(`${JSON.stringify(documents)}\n`);
		} else {
			const rows = containers.map((c) => [c.id, String(c.pid), c.status, c.bundle, c.created, c.owner]);
			await context.print(table(['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED', 'OWNER'], rows));
		}
		return 0;
	},
});

function wordsOf(error: Error): string {
	const id = error instanceof TsrunError ? error.containerId : undefined;
	return id === undefined ? error.message : `load container ${id}: ${error.message}`;
}
