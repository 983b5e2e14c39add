import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CliResult, program, tsrun } from './cli.js';
import type { Requirement } from './requirement.js';
import { scratch } from './scratch.js';

export const tracer: Requirement = {
	what: 'strace, and the right to trace',
	met: () => spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore', timeout: 10_000 }).status === 0,
};

export const compiledProgram: Requirement = {
	what: 'the built binary: the calls of Node differ from run to run',
	met: () => program.length === 1,
};

/** One system call of a run: the n-th of its name in its thread, counted from one, as `when=` of strace(1) counts. */
export interface TracedCall {
	readonly thread: number;
	readonly name: string;
	readonly number: number;
	readonly text: string;
}

export interface Traced {
	readonly result: CliResult;
	readonly calls: readonly TracedCall[];
}

const limitMs = 20_000;

// With -D strace stands beside the program instead of around it, and stays until the last of those it follows has ended. It writes
// each line out before the call goes on.
const followed = { program: [], all: ['-f'], lasting: ['-f', '-D'] } as const;

/**
 * Runs `tsrun` under strace(1) to its end, and lists the calls it made.
 *
 * @param whom `program`: its main thread alone; `all`: its other threads and what it starts, the container too, for whose end it then
 * waits; `lasting`: those too, but not their end
 * @param inject what strace is to do to a call: `mkdir:error=EIO:when=2`
 * @param delay a call that strace is to hold up: `sendmsg:delay_enter=300ms`; what waits for it may make other calls then
 */
export async function traced(
	args: readonly string[],
	{
		whom = 'program',
		inject,
		delay,
	}: { whom?: keyof typeof followed; inject?: string | undefined; delay?: string } = {},
): Promise<Traced> {
	const output = join(scratch('trace'), 'calls');
	const through = ['strace', '-qq', '-o', output, ...followed[whom]];
	if (inject !== undefined) through.push('-e', `trace=${inject.split(':', 1)[0]}`, '-e', `inject=${inject}`);
	if (delay !== undefined) through.push('-e', `inject=${delay}`);
	// Stopping at that call alone saves most of the time.
	if (inject !== undefined && whom !== 'program') through.push('--seccomp-bpf');
	const result = await tsrun(args, { through, timeout: limitMs });
	return { result, calls: callsOf(readFileSync(output, 'latin1')) };
}

function callsOf(text: string): TracedCall[] {
	const counts = new Map<string, number>();
	return text.split('\n').flatMap((line) => {
		const [, thread = '0', name] = /^(?:(\d+) +)?(\w+)\(/.exec(line) ?? [];
		if (name === undefined) return [];
		const number = (counts.get(`${thread} ${name}`) ?? 0) + 1;
		counts.set(`${thread} ${name}`, number);
		return [{ thread: Number(thread), name, number, text: line }];
	});
}
