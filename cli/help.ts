import type { Options } from './command.js';
import { globalOptions } from './global-options.js';
import { verbs } from './table.js';
import { unknownTopic, usageOf } from './usage.js';

const width = 100;

/**
 * The help page of a verb, or of tsrun itself.
 *
 * @throws TsrunError ERR_ARGUMENT when there is no such verb.
 */
export async function helpFor(verb: string | undefined): Promise<string> {
	const text = verb === undefined ? await overview() : await verbPage(verb);
	return text.endsWith('\n') ? text : `${text}\n`;
}

async function overview(): Promise<string> {
	const page = await blankPage('A bundle is a directory with a config.json and a root file system.');
	for (const load of verbs.values()) {
		const command = await load();
		page.command(command.name, command.summary);
	}
	addOptions(page, globalOptions);
	page.example('tsrun doctor', 'what this machine can do');
	page.example('tsrun spec', 'write a config.json to start from');
	page.example('tsrun plan', 'what would be done for it, step by step, without doing it');
	page.example('tsrun run --bundle /srv/web web1', 'run the bundle /srv/web as the container web1');
	page.example('tsrun exec web1 ps -ef', 'run another program in it, from another terminal');
	page.example('tsrun top', 'watch what all containers use');
	page.example('tsrun delete --force web1', 'kill it, and remove all that belongs to it');
	page.epilogue('Options of tsrun stand in front of the command. `tsrun <command> --help` explains a command.');
	const head = headOf('tsrun', 'run containers from OCI bundles', 'tsrun [option ...] <command> [argument ...]');
	return head + (await page.getHelp());
}

async function verbPage(verb: string): Promise<string> {
	const load = verbs.get(verb);
	if (load === undefined) throw unknownTopic(verb);
	const command = await load();
	const page = await blankPage(command.description);
	addOptions(page, command.options);
	for (const { command: line, explains } of command.examples) page.example(line, explains);
	return headOf(`tsrun ${command.name}`, command.summary, usageOf(command)) + (await page.getHelp());
}

// In the sections of the manual page, and of runc's help. By hand: yargs takes the blanks off the lines of its own.
function headOf(name: string, summary: string, usage: string): string {
	return `NAME:\n  ${name} - ${summary}\n\nUSAGE:\n  ${usage}\n\n`;
}

type Page = Awaited<ReturnType<typeof blankPage>>;

async function blankPage(description: string) {
	// 20 ms of start-up time, so only those who read its text pay for it.
	const { default: yargs } = await import('yargs');
	return (
		yargs([])
			.scriptName('tsrun')
			.usage(description)
			.wrap(width)
			.version(false)
			.help(false)
			.option('help', { alias: 'h', describe: 'print this help' })
			// Not the caller's language: the rest of the text is English, and the locale would be read from files.
			.locale('en')
			.updateStrings({ 'Commands:': 'COMMANDS:', 'Options:': 'OPTIONS:', 'Examples:': 'EXAMPLES:' })
			.exitProcess(false)
	);
}

function addOptions(page: Page, options: Options): void {
	for (const [name, option] of Object.entries(options)) {
		const summary = option.value === undefined ? option.summary : `${option.value}: ${option.summary}`;
		page.option(name, {
			describe: summary,
			...(option.alias === undefined ? {} : { alias: option.alias }),
			...(option.hidden === true ? { hidden: true } : {}),
		});
	}
}
