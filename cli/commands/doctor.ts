import { doctor as examine } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { doctorText } from '../doctor-text.js';

export const doctor = defineCommand({
	name: 'doctor',
	summary: 'tell what this machine can do, and what would fail here',
	description:
		'Tries what containers need, in throw-away processes and namespaces of which nothing is left: namespaces, cgroups, mounts, ' +
		'filters, networks, limits. What is missing is told with what it costs and how to enable it; inside of another container, the ' +
		'layer that is in the way is named. With a bundle it also says what of its config.json would fail, before anything is made. ' +
		'The exit status is 1 when no container can be made, or when something of the bundle would fail.',
	options: {
		format: { kind: 'text', value: 'FORMAT', choices: ['text', 'json'], summary: 'text (default) or json' },
		config: { kind: 'text', alias: 'f', value: 'FILE', summary: 'read this file instead of config.json of the bundle' },
	},
	positionals: { usage: '[bundle]', minimum: 0, maximum: 1 },
	examples: [
		{ command: 'tsrun doctor', explains: 'what this machine can do' },
		{ command: 'tsrun doctor /srv/web', explains: 'and what of the bundle /srv/web would fail here' },
		{ command: 'tsrun doctor --format json', explains: 'the same, for a program to read' },
	],
	async run({ options, positionals: [bundle] }, context) {
		const { cgroupManager, rootless } = context.globals;
		const report = await examine({
			bundle: bundle ?? (options.config === undefined ? undefined : '.'),
			configFile: options.config,
			cgroupManager,
			rootless,
			env: context.env,
		});
		await context.print(options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : doctorText(report));
		return report.able && (report.bundle?.faults ?? []).length === 0 ? 0 : 1;
	},
});
