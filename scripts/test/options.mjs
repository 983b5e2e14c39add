import { parseArgs } from 'node:util';

const parts = [
	'lint',
	'types',
	'unit',
	'contract',
	'sanitized',
	'kernel',
	'security',
	'reliability',
	'cli',
	'examples',
	'docs',
];
const choices = { view: ['machine', 'cgroup2'], cli: ['binary', 'node'] };

/** Options of scripts/test.mjs; ends the process with 2 when they cannot be understood. */
export function optionsOf(args) {
	const split = args.includes('--') ? args.indexOf('--') : args.length;
	try {
		const { values, positionals } = parseArgs({
			args: args.slice(0, split),
			options: { view: { type: 'string' }, cli: { type: 'string' } },
			allowPositionals: true,
		});
		for (const part of positionals) oneOf(parts, part, 'part');
		for (const [name, value] of Object.entries(values)) oneOf(choices[name], value, `--${name}`);
		return { parts: positionals, view: values.view, cli: values.cli, jestArguments: args.slice(split + 1) };
	} catch (error) {
		console.error(`test: ${error.message}`);
		process.exit(2);
	}
}

function oneOf(known, value, what) {
	if (!known.includes(value)) throw new Error(`${what}: ${value} is none of ${known.join(', ')}`);
}
