import { defineCommand } from '../command.js';
import { waitInForeground } from '../foreground.js';
import { bundleOf, createOptionsOf, launchOptions } from '../launch-options.js';
import { SignalRelay } from '../signals.js';

export const run = defineCommand({
	name: 'run',
	summary: 'create, start, wait and delete in one go',
	description:
		'Makes a container from a bundle and starts it. In the foreground tsrun then waits: signals it receives are handed to the ' +
		'container, a terminal is relayed, and the exit status is that of the container (128 + N when signal N ended it).',
	options: {
		...launchOptions,
		detach: { kind: 'flag', alias: 'd', summary: 'return as soon as the container runs' },
		keep: { kind: 'flag', summary: 'do not delete the container when it has ended' },
		'no-subreaper': { kind: 'flag', summary: 'do not adopt processes that the container leaves behind' },
	},
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun run job1', explains: 'run the bundle in the current directory as job1' },
		{ command: 'tsrun run --detach --bundle /srv/web web1', explains: 'start web1 and return' },
	],
	failure: { prefix: 'tsrun run failed', status: 1, stderrOfProgram: true },
	async run({ options, positionals: [id = ''] }, context) {
		using relay = new SignalRelay();
		const detach = options.detach === true;
		await using container = await context.runtime().run(id, bundleOf(options), {
			...createOptionsOf(options),
			signal: relay.signal,
			...(detach
				? { detach: true }
				: { terminal: 'relay', subreaper: options['no-subreaper'] !== true, onStarting: () => relay.hold() }),
			...(options.keep === true ? { keep: true } : {}),
		});
		const status = detach ? 0 : await waitInForeground(container, relay, context.log);
		// What is not let go is deleted at the end of this block, however it is left.
		if (detach || options.keep === true) container.detach();
		return status;
	},
});
