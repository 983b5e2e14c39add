import { defineCommand } from '../command.js';
import { bundleOf, createOptionsOf, launchOptions } from '../launch-options.js';
import { SignalRelay } from '../signals.js';

export const create = defineCommand({
	name: 'create',
	summary: 'make a container that waits for start',
	description:
		'Sets up everything that config.json of the bundle asks for, up to the program: namespaces, mounts and cgroup exist and the ' +
		'hooks before start have run, but nothing of the image runs before `tsrun start`. If a step fails, all steps are undone.',
	options: launchOptions,
	positionals: { usage: '<container-id>', minimum: 1, maximum: 1 },
	examples: [
		{ command: 'tsrun create --bundle /srv/web web1', explains: 'make the container web1 from the bundle /srv/web' },
		{ command: 'tsrun create -b /srv/web --pid-file web1.pid web1', explains: 'and write its pid to web1.pid' },
	],
	failure: { prefix: 'tsrun create failed', status: 1 },
	async run({ options, positionals: [id = ''] }, context) {
		using relay = new SignalRelay();
		const container = await context
			.runtime()
			.create(id, bundleOf(options), { ...createOptionsOf(options), detach: true, signal: relay.signal });
		container.detach();
		return 0;
	},
});
