import { resolve } from 'node:path';
import { explainPlan, planToJson, TsrunError } from '../../lib/index.js';
import { defineCommand } from '../command.js';
import { bundleOf, createOptionsOf, launchOptions } from '../launch-options.js';

export const plan = defineCommand({
	name: 'plan',
	summary: 'show what create would do, without doing it',
	description:
		'Prints the steps that make a container of this bundle on this machine, in order: who acts (the host or the init inside), what ' +
		'is done, and which place of config.json asked for it. Nothing is changed.',
	options: {
		bundle: launchOptions.bundle,
		config: launchOptions.config,
		'no-pivot': launchOptions['no-pivot'],
		'no-new-keyring': launchOptions['no-new-keyring'],
		format: { kind: 'text', value: 'FORMAT', choices: ['text', 'json'], summary: 'text (default) or json' },
	},
	positionals: { usage: '[bundle]', minimum: 0, maximum: 1 },
	examples: [
		{ command: 'tsrun plan /srv/web', explains: 'the steps for the bundle /srv/web' },
		{ command: 'tsrun plan --format json', explains: 'those for the current directory, for a program to read' },
	],
	async run({ options, positionals: [positional] }, context) {
		if (positional !== undefined && options.bundle !== undefined)
			throw new TsrunError('ERR_ARGUMENT', 'the bundle is given twice, as a word and with --bundle');
		const given = {
			'console-socket': undefined,
			'pid-file': undefined,
			'pidfd-socket': undefined,
			'preserve-fds': undefined,
			...options,
		};
		const bundle = positional === undefined ? bundleOf(given) : resolve(positional);
		const made = await context.runtime().plan(bundle, createOptionsOf(given));
		await context.print(
			options.format === 'json' ? `${JSON.stringify(planToJson(made), null, 2)}\n` : explainPlan(made),
		);
		return 0;
	},
});
