import { defineCommand } from '../command.js';

export const features = defineCommand({
	name: 'features',
	summary: 'print what this tsrun can do, as JSON',
	description:
		'Prints the features document of the runtime-spec: namespaces, mount options, hooks, cgroup and seccomp support.',
	options: {},
	positionals: { usage: '', minimum: 0, maximum: 0 },
	examples: [{ command: 'tsrun features', explains: 'what engines ask before they offer recursive read-only mounts' }],
	async run(_, context) {
		// Four spaces, as runc prints it.
		await context.print(`${JSON.stringify(await context.runtime().features(), null, 4)}\n`);
		return 0;
	},
});
