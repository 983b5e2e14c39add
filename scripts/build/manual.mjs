import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inRoot } from './paths.mjs';
import { bold, example, italic, item, page, plain, usage } from './roff.mjs';
import { unlessUpToDate } from './stamp.mjs';

/** One manual page for tsrun and one for each verb, out of the table of commands that was compiled a moment ago. */
export function buildManual({ force }) {
	const scripts = ['scripts/build/manual.mjs', 'scripts/build/roff.mjs'];
	const inputs = ['cli', 'package.json', 'CHANGELOG.md', ...scripts];
	const outputs = ['dist/man/man1/tsrun.1'];
	return unlessUpToDate({ name: 'manual', inputs, outputs, force }, async () => {
		const load = (path) => import(pathToFileURL(inRoot('dist/cli', path)).href);
		const [{ verbs }, { globalOptions }, { usageOf }] = await Promise.all(
			['table.js', 'global-options.js', 'usage.js'].map(load),
		);
		const commands = await Promise.all([...verbs.values()].map((verb) => verb()));
		const pages = [
			['tsrun', overview(commands, globalOptions)],
			...commands.map((command) => [`tsrun-${command.name}`, verbPage(command, usageOf(command), commands)]),
		];
		const fresh = inRoot('.cache/build/man/man1');
		rmSync(fresh, { recursive: true, force: true });
		mkdirSync(fresh, { recursive: true });
		for (const [name, sections] of pages) {
			writeFileSync(join(fresh, `${name}.1`), page({ name, version, date: released(), sections }));
		}
		mkdirSync(inRoot('dist/man'), { recursive: true });
		rmSync(inRoot('dist/man/man1'), { recursive: true, force: true });
		renameSync(fresh, inRoot('dist/man/man1'));
	});
}

const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

/** The date of this version in the changelog, or of the build before there is one (reproducible-builds.org, SOURCE_DATE_EPOCH). */
function released() {
	const heading = new RegExp(`^## \\[?${version.replaceAll('.', '\\.')}\\]?.*?(\\d{4}-\\d{2}-\\d{2})`, 'm');
	const epoch = process.env['SOURCE_DATE_EPOCH'];
	const built = epoch === undefined ? new Date() : new Date(Number(epoch) * 1000);
	return heading.exec(readFileSync(inRoot('CHANGELOG.md'), 'utf8'))?.[1] ?? built.toISOString().slice(0, 10);
}

const files = [
	...item(italic('/run/tsrun'), 'Where the state of containers is kept, unless --root names another place.'),
	...item(italic('$XDG_RUNTIME_DIR/tsrun'), 'The same for users other than root.'),
	...item(
		italic('config.json'),
		'In a bundle: what the container is, by the runtime-spec of the Open Container Initiative.',
	),
];

function overview(commands, globalOptions) {
	return [
		['NAME', [plain('tsrun - run containers by the runtime-spec of the Open Container Initiative')]],
		['SYNOPSIS', [`${bold('tsrun')} [${italic('option')} ...] ${italic('command')} [${italic('argument')} ...]`]],
		[
			'DESCRIPTION',
			[
				plain(
					'Makes containers out of bundles: directories with a config.json and a root file system. No daemon runs: what is known of a ' +
						'container is in files below the state root, and each command does its work and ends.',
				),
			],
		],
		['COMMANDS', commands.flatMap(({ name, summary }) => item(`${bold(`tsrun-${name}`)}(1)`, `${sentence(summary)}`))],
		['OPTIONS', optionLines(globalOptions)],
		[
			'EXAMPLES',
			[
				{ command: 'tsrun doctor', explains: 'what this machine can do' },
				{ command: 'tsrun spec', explains: 'write a config.json to start from' },
				{ command: 'tsrun plan', explains: 'show what would be done, without doing it' },
				{ command: 'tsrun run web1', explains: 'run the bundle in the current directory' },
				{ command: 'tsrun exec web1 ps', explains: 'run a program in it' },
			].flatMap(example),
		],
		['EXIT STATUS', exitStatus],
		['FILES', files],
		['SEE ALSO', [commands.map(({ name }) => `${bold(`tsrun-${name}`)}(1)`).join(',\n')]],
	];
}

const exitStatus = [
	...item('0', 'It was done.'),
	...item('1', 'It was not; the reason is on standard error, or in the file of --log.'),
	...item(
		'other',
		'Of run and exec in the foreground: that of the program, or 128 and the number of the signal that ended it.',
	),
];

function verbPage(command, line, commands) {
	const { name, summary, description, options, examples, failure } = command;
	const words = line.replace(`tsrun ${name}`, '').replace('[option ...]', '').trim();
	const flags = Object.keys(options).length > 0 ? `[${italic('option')} ...] ` : '';
	return [
		['NAME', [plain(`tsrun-${name} - ${summary}`)]],
		['SYNOPSIS', [`${bold(`tsrun ${name}`)} ${flags}${usage(words)}`.trimEnd()]],
		[
			'DESCRIPTION',
			description
				.split('\n\n')
				.flatMap((paragraph) => ['.PP', plain(paragraph)])
				.slice(1),
		],
		['OPTIONS', [...optionLines(options), ...item(`${bold('--help')}, ${bold('-h')}`, 'Print the same as text.')]],
		['EXAMPLES', examples.flatMap(example)],
		[
			'EXIT STATUS',
			failure === undefined || failure.status === 1
				? exitStatus
				: [...item(String(failure.status), 'The program could not be run.'), ...exitStatus],
		],
		['SEE ALSO', [seeAlso(name, commands)]],
	];
}

function seeAlso(name, commands) {
	const at = commands.findIndex((command) => command.name === name);
	const near = [commands[at - 1], commands[at + 1]]
		.filter(Boolean)
		.map((command) => `${bold(`tsrun-${command.name}`)}(1)`);
	return [`${bold('tsrun')}(1)`, ...near].join(',\n');
}

function optionLines(options) {
	return Object.entries(options)
		.filter(([, { hidden }]) => hidden !== true)
		.flatMap(([name, { alias, value, summary }]) => {
			const of = value === undefined ? '' : ` ${italic(value)}`;
			const short = alias === undefined ? '' : `, ${bold(`-${alias}`)}`;
			return item(`${bold(`--${name}`)}${short}${of}`, sentence(summary));
		});
}

/** A summary of the help, which begins small and has no stop. */
function sentence(text) {
	return `${text[0].toUpperCase()}${text.slice(1)}.`;
}
