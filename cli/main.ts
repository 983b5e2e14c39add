import type { RuntimeOptions } from '../lib/index.js';
import type { Command, Options } from './command.js';
import type { Context, Surroundings } from './context.js';
import { globalOptions, interpretGlobals, logOptionsOf } from './global-options.js';
import { type Log, openLog } from './log.js';
import { brokenPipeStatus, Output } from './output.js';
import { parse } from './parse.js';
import { report } from './report.js';
import { verbs } from './table.js';
import type { TraceFile } from './trace-file.js';
import { checkCount, unknownVerb, withUsage } from './usage.js';

/** What the words on the command line came to, before anything is done. */
interface Call {
	readonly command: Command;
	readonly words: readonly string[];
}

/**
 * One call of the command line, from words to exit status. Every failure is worded here, once: as one entry of the log, and on
 * stderr. Never rejects.
 *
 * @param words the arguments without the program's name.
 */
export async function main(words: readonly string[], surroundings: Surroundings): Promise<number> {
	let log: Log | undefined;
	let failure: Command['failure'];
	let trace: Traced | undefined;
	const output = new Output(surroundings);
	try {
		const globals = readGlobals(words);
		if (globals.options.version === true) return await printVersion(output);
		const [verb, ...rest] = globals.positionals;
		if (globals.help || verb === undefined || verb === 'help') return await printHelp(rest[0], output);
		log = openLog(logOptionsOf(globals.options));

		const load = verbs.get(verb);
		if (load === undefined) throw unknownVerb(verb, rest);
		const call: Call = { command: await load(), words: rest };
		const given = readArguments(call);
		if (given.help) return await printHelp(verb, output);

		failure = call.command.failure;
		if (globals.options.trace) trace = { verb, file: await openTrace(globals.options.trace) };
		const context = contextOf(interpretGlobals(globals.options), log, output, surroundings, trace?.file);
		const status = (await call.command.run(given, context)) ?? 0;
		trace?.file.write(verb);
		return status;
	} catch (error) {
		if (output.readerHasGone) return brokenPipeStatus;
		log ??= openLog({ file: undefined, format: 'text', level: 'warning' });
		await report(error, failure, log, surroundings);
		if (trace !== undefined) writeTrace(trace, log);
		return failure?.status ?? 1;
	}
}

interface Traced {
	readonly verb: string;
	readonly file: TraceFile;
}

async function openTrace(path: string): Promise<TraceFile> {
	const { TraceFile } = await import('./trace-file.js');
	return new TraceFile(path);
}

/** Of a call that failed, which is what its caller is told of. */
function writeTrace({ verb, file }: Traced, log: Log): void {
	try {
		file.write(verb);
	} catch (error) {
		log.write('warning', error instanceof Error ? error.message : String(error));
	}
}

function readGlobals(words: readonly string[]) {
	try {
		return parse(words, globalOptions, 'first-positional');
	} catch (error) {
		throw withUsage(error);
	}
}

function readArguments({ command, words }: Call) {
	try {
		const given = parse(
			words,
			command.options as Options,
			command.optionsEndAtFirstPositional ? 'first-positional' : 'last-word',
		);
		if (!given.help) checkCount(command, given.positionals.length);
		return given;
	} catch (error) {
		throw withUsage(error, command);
	}
}

function contextOf(
	globals: Context['globals'],
	log: Log,
	output: Output,
	surroundings: Surroundings,
	trace: TraceFile | undefined,
): Context {
	const onStep = stepsTo(log, trace);
	return {
		globals,
		log,
		env: surroundings.env,
		print: (text) => output.print(text),
		readInput: surroundings.stdin,
		runtime() {
			return surroundings.openRuntime({
				env: surroundings.env,
				rootless: globals.rootless,
				onWarning: ({ message }) => log.write('warning', message),
				...(onStep === undefined ? {} : { onStep }),
				...(trace === undefined ? {} : { onPhase: trace.onPhase }),
				...(globals.root === undefined ? {} : { root: globals.root }),
				...(globals.cgroupManager === undefined ? {} : { cgroupManager: globals.cgroupManager }),
			});
		},
	};
}

function stepsTo(log: Log, trace: TraceFile | undefined): RuntimeOptions['onStep'] {
	if (log.options.level !== 'debug') return trace?.onStep;
	return (words, step) => {
		log.write('debug', words);
		trace?.onStep(words, step);
	};
}

async function printVersion(output: Output): Promise<number> {
	const { versionText } = await import('./version-text.js');
	await output.print(versionText());
	return 0;
}

async function printHelp(verb: string | undefined, output: Output): Promise<number> {
	const { helpFor } = await import('./help.js');
	await output.print(await helpFor(verb));
	return 0;
}
