import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../../lib/errors/index.js';
import { bundle } from '../harness/bundle.js';
import { type CliResult, tsrun } from '../harness/cli.js';
import { watchForLeaks } from '../harness/leaks.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';
import { installProgram, staticCompiler } from '../harness/static-program.js';
import { compiledProgram, type TracedCall, traced, tracer } from '../harness/traced-calls.js';
import { tell } from './counts.js';
import { limitsHere } from './limits.js';
import { all, sample } from './sample.js';

/** A report of so many is enough to read; each leak takes time to be sure of. */
const mostFaults = 100;

const errnos = ['EPERM', 'ENOMEM', 'ENOSPC', 'EINTR', 'EIO'] as const;

/**
 * Calls that are not refused here: those the kernel never refuses (a close(2) that strace keeps from happening would be another
 * fault than one that fails), and those of the JavaScript engine's memory and threads, for which nobody can stand in.
 */
const exempt =
	/^(arch_prctl|brk|close|exit|exit_group|futex|get(p|t|eu|eg|u|g)id|madvise|mmap|mprotect|munmap|rseq|rt_sig\w+|sched_yield|set_robust_list|set_tid_address|sigaltstack|umask)$/;

/** From here on the calls are ours: before it, the dynamic linker and the engine start. */
const ours = /tsrun\.node"/;

/**
 * The calls of the program and of the init helper. A number counts in each process by itself, so that one of the helper's cannot be
 * hit where it would hit the start of the engine as well.
 */
function callsToRefuse(calls: readonly TracedCall[]): readonly TracedCall[] {
	const main = calls[0]?.thread;
	const started = calls.findIndex(({ text }) => ours.test(text));
	const startUp = new Map<string, number>();
	for (const { name, number } of calls.slice(0, started)) startUp.set(name, number);
	const wanted = new Map<string, TracedCall>();
	for (const call of calls) {
		const { name, number, thread } = call;
		if (exempt.test(name) || number <= (startUp.get(name) ?? 0)) continue;
		const key = `${name} ${number}`;
		if (thread === main || !wanted.has(key)) wanted.set(key, call);
	}
	return [...wanted.values()];
}

describeWith([root, busybox, tracer, compiledProgram, staticCompiler], 'a system call of `run` is refused', () => {
	const leaks = watchForLeaks(10_000);
	const box = bundle((config) => {
		config.process.args = ['nothing'];
		config.linux['resources'] = limitsHere(64);
	});
	installProgram('nothing', box.rootfs);
	const log = () => join(scratch('log'), 'log.json');
	const wordsOf = (id: string, file: string) => [
		'--log',
		file,
		'--log-format',
		'json',
		'run',
		'--bundle',
		box.path,
		id,
	];

	test(
		'it works all the same, or fails with an error that has a code, and nothing is left',
		async () => {
			const { result, calls } = await traced(wordsOf(containerId(), log()), { whom: 'all' });
			expect(result.status).toBe(0);
			const places = callsToRefuse(calls);
			const chosen = all
				? places.flatMap((call) => errnos.map((errno) => [call, errno] as const))
				: someOf(places).map((call, index) => [call, errnos[index % errnos.length]] as const);
			const counts = { worked: 0, failed: 0, 'removed by delete --force': 0 };
			const faults: string[] = [];
			const known = new Set<string>();
			for (const [{ name, number }, errno] of chosen) {
				const [id, file] = [containerId(), log()];
				const inject = `${name}:error=${errno}:when=${number}`;
				const outcome = await traced(wordsOf(id, file), { whom: 'all', inject });
				if (outcome.result.status === 0) counts.worked++;
				else counts.failed++;
				const fault = faultOf(outcome.result, file);
				if (fault !== undefined) faults.push(`${inject}: ${fault}`);
				if (recordedContainers().length > 0) {
					counts['removed by delete --force']++;
					const { status, stderr } = await tsrun(['delete', '--force', id]);
					// What has no undo yet is for the step that made it to remove.
					if (name === 'chmod') faults.push(`${inject}: left by the step that had made it`);
					if (outcome.result.status === 0) faults.push(`${inject}: status 0, and a container is left`);
					else if (status !== 0) faults.push(`${inject}: cannot be deleted: ${stderr}`);
				}
				const left = (await leaks()).filter((one) => !known.has(one));
				for (const one of left) known.add(one);
				if (left.length > 0) faults.push(`${inject}: left: ${left.join(', ')}; ${outcome.result.stderr}`);
				if (faults.length >= mostFaults) break;
			}
			const outcomes = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
			tell('refused: run', chosen.length, outcomes.join(', '));
			expect(faults).toEqual([]);
			expect(counts.failed).toBeGreaterThan(chosen.length / 10);
		},
		all ? 1_200_000 : 60_000,
	);
});

/** One of each system call, and of all of them so many more. */
function someOf(places: readonly TracedCall[]): readonly TracedCall[] {
	const first = new Map(places.toReversed().map((place) => [place.name, place]));
	return [...new Set([...first.values(), ...sample(places, 40)])];
}

/** What is wrong with how a run ended that was refused something. */
function faultOf({ status, signal, stderr }: CliResult, log: string): string | undefined {
	if (status === 0) return undefined;
	if (signal !== null) return `ended by ${signal}: ${stderr}`;
	const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
	const codes = lines.map((line) => (line === '' ? undefined : (JSON.parse(line) as { code?: string }).code));
	if (codes.some((code) => code !== undefined && Object.hasOwn(errorCodes, code))) return undefined;
	// The log itself could not be written: the message went to stderr alone.
	if (/cannot (open|write) the log/.test(stderr)) return undefined;
	return `status ${status} without a code: ${stderr}${lines.join(' ')}`;
}
