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
import { compiledProgram, traced, tracer } from '../harness/traced-calls.js';
import { callsToRefuse, oneOfEach } from './calls-to-refuse.js';
import { tell } from './counts.js';
import { limitsFile, limitsHere } from './limits.js';
import { all } from './sample.js';
import { type VerbCase, verbCases } from './verb-cases.js';

/** A report of so many is enough to read; each leak takes time to be sure of. */
const mostFaults = 100;

/** Killed processes and their cgroups go in their own time. */
const patienceMs = 10_000;

const errnos = ['EPERM', 'ENOMEM', 'ENOSPC', 'EINTR', 'EIO'] as const;

const done = { status: 0, stderr: '' };

describeWith([root, busybox, tracer, compiledProgram, staticCompiler], 'a system call is refused', () => {
	const leaks = watchForLeaks(patienceMs);
	const id = containerId();
	const bundleOf = (...args: string[]) => {
		const box = bundle((config) => {
			config.process.args = args;
			config.linux['resources'] = limitsHere(64);
		});
		installProgram('nothing', box.rootfs);
		return box.path;
	};
	const cases = verbCases(id, {
		sleeping: bundleOf('sleep', '600'),
		ending: bundleOf('nothing'),
		program: ['nothing'],
		resources: limitsFile(48),
	});

	async function prepare(before: VerbCase['before']): Promise<void> {
		for (const words of before) expect(await tsrun(words)).toMatchObject(done);
	}

	async function place(): Promise<string> {
		const { status, stdout, stderr } = await tsrun(['state', id]);
		if (status === 0) return JSON.parse(stdout).status;
		return stderr.includes('container does not exist') ? 'none' : stderr;
	}

	/** The containers of a verb's tries: each try has one of its own, unless the one before it has been left as it was. */
	function containersFor({ before, sparing }: VerbCase) {
		let untouched: (() => Promise<string[]>) | undefined;
		return {
			async prepare(): Promise<void> {
				if (untouched !== undefined) return;
				await prepare(before);
				if (sparing) untouched = watchForLeaks(patienceMs);
			},
			/** Whether the next try is of the same one. */
			kept: () => untouched !== undefined,
			/** What the try has changed of a container that it has to spare. */
			changed: async () => untouched?.() ?? [],
			/** Removes it; answers what is wrong with that. */
			async remove(): Promise<string[]> {
				untouched = undefined;
				if (recordedContainers().length === 0) return [];
				const { status, stderr } = await tsrun(['delete', '--force', id]);
				return status === 0 ? [] : [`cannot be deleted: ${stderr}`];
			},
		};
	}

	/** How the verb ended, to which `inject` was done, and what is wrong with that. */
	async function refused(verb: VerbCase, inject: string, containers: ReturnType<typeof containersFor>) {
		const { title, before, words, lasting, sparing, ...ends } = verb;
		await containers.prepare();
		const log = join(scratch('log'), 'log.json');
		const { result } = await traced(['--log', log, '--log-format', 'json', ...words], {
			whom: lasting ? 'lasting' : 'all',
			inject,
		});
		const faults = [faultOf(result, log)];
		const worked = result.status === 0;
		const makes = before.length === 0;
		const recorded = recordedContainers().length > 0;
		const left = !worked && makes && recorded;
		// What has no undo yet is for the step that made it to remove.
		if (left && inject.startsWith('chmod')) faults.push('left by the step that had made it');
		if (!left) {
			const found = recorded ? await place() : 'none';
			const allowed: readonly string[] = ends[worked ? 'worked' : 'failed'];
			if (!allowed.includes(found)) faults.push(`status ${result.status}, and the container is ${found}`);
		}
		if (title.startsWith('exec')) {
			const { stdout } = await tsrun(['ps', '--format', 'json', id]);
			const most = worked && lasting ? 2 : 1;
			if (JSON.parse(stdout).length > most) faults.push(`status ${result.status}, and a process is left: ${stdout}`);
		}
		const spared = sparing && !(worked && lasting);
		if (spared) {
			const changed = await containers.changed();
			if (changed.length > 0) faults.push(`status ${result.status}, and is left: ${changed.join(', ')}`);
		}
		const found = faults.filter((fault) => fault !== undefined);
		if (!spared || found.length > 0) found.push(...(await containers.remove()));
		return { worked, left, stderr: result.stderr, faults: found };
	}

	test.each(cases)(
		'of $title: it works all the same, or fails with an error that has a code, and nothing is left',
		async (verb) => {
			await prepare(verb.before);
			const { result, calls } = await traced(verb.words, { whom: verb.lasting ? 'lasting' : 'all' });
			expect(result.status).toBe(0);
			await tsrun(['delete', '--force', id]);
			const places = callsToRefuse(calls);
			const chosen = all
				? places.flatMap((call) => errnos.map((errno) => [call, errno] as const))
				: oneOfEach(places, verb.title === 'run' ? 40 : 12).map(
						(call, index) => [call, errnos[index % errnos.length]] as const,
					);
			const counts = { worked: 0, failed: 0, 'removed by delete --force': 0 };
			const faults: string[] = [];
			const known = new Set<string>();
			const containers = containersFor(verb);
			const atEnd = async (inject: string, stderr: string) => {
				const left = (await leaks()).filter((one) => !known.has(one));
				for (const one of left) known.add(one);
				if (left.length > 0) faults.push(`${inject}: left: ${left.join(', ')}; ${stderr}`);
			};
			for (const [{ name, number }, errno] of chosen) {
				const inject = `${name}:error=${errno}:when=${number}`;
				const outcome = await refused(verb, inject, containers);
				counts[outcome.worked ? 'worked' : 'failed']++;
				if (outcome.left) counts['removed by delete --force']++;
				for (const fault of outcome.faults) faults.push(`${inject}: ${fault}`);
				if (!containers.kept()) await atEnd(inject, outcome.stderr);
				if (faults.length >= mostFaults) break;
			}
			faults.push(...(await containers.remove()));
			await atEnd('all of them', '');
			const outcomes = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
			expect(faults).toEqual([]);
			tell(`refused: ${verb.title}`, chosen.length, outcomes.join(', '));
			expect(counts.failed).toBeGreaterThan(chosen.length / 10);
		},
		all ? 6_000_000 : 60_000,
	);
});

/** What is wrong with how a verb ended that was refused something. */
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
