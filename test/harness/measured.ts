import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliOptions, type CliResult, tsrun } from './cli.js';
import { scratch } from './scratch.js';
import { staticProgram } from './static-program.js';

/** What one call of the program took. */
export interface Measured extends CliResult {
	/** The most memory that a process of it had at a time: it, its helper, or a container that it waited for. */
	readonly mebibytes: number;
	readonly milliseconds: number;
}

/** Runs `tsrun` to its end, and tells what that took. Needs `staticCompiler`. */
export async function measured(args: readonly string[], options: CliOptions = {}): Promise<Measured> {
	const program = staticProgram('measured');
	if (program === undefined) throw new Error('no static program can be made of measured.c');
	const file = join(scratch('measured'), 'figures');
	const result = await tsrun(args, { ...options, through: [program, file, ...(options.through ?? [])] });
	const [kibibytes = Number.NaN, milliseconds = Number.NaN] = readFileSync(file, 'utf8').split(' ').map(Number);
	return { ...result, mebibytes: kibibytes / 1024, milliseconds };
}
