import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { watchForLeaks } from '../harness/leaks.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { compiledProgram, type TracedCall, traced, tracer } from '../harness/traced-calls.js';
import { tell } from './counts.js';
import { limitsFile, limitsHere } from './limits.js';
import { all, sample } from './sample.js';

const id = containerId();
const done = { status: 0, stderr: '' };

/** Between two calls that change nothing outside the process, it makes no difference when it is killed. */
const withoutEffect =
	/^(access|arch_prctl|brk|f?statx?|futex|getcwd|getdents64|get(p|t|eu|eg|u|g)id|getrandom|lseek|lstat|madvise|mmap|mprotect|munmap|newfstatat|prlimit64|pread64|read|readlink|rseq|rt_sig\w+|sched_\w+|set_\w+|sigaltstack|statfs|sysinfo|uname)$/;
const changing =
	/^(mk|rm|un|re|ch|fch|clone|vfork|write|pwrite|send|recv|connect|bind|flock|socketpair|memfd|pidfd_send|wait|exit)/;

/** Each verb: what the container has been through before it, and its words. */
const verbs: readonly (readonly [string, readonly string[][], (path: string) => readonly string[]])[] = [
	['create', [['delete', '--force', id]], (path) => ['create', '--bundle', path, id]],
	['start', [], () => ['start', id]],
	['exec', [['start', id]], () => ['exec', '--detach', id, 'sleep', '600']],
	['update', [['start', id]], () => ['update', '--resources', limitsFile(48), id]],
	['pause', [['start', id]], () => ['pause', id]],
	[
		'resume',
		[
			['start', id],
			['pause', id],
		],
		() => ['resume', id],
	],
	['kill', [['start', id]], () => ['kill', id, 'KILL']],
	['delete', [['start', id]], () => ['delete', '--force', id]],
];

describeWith([root, busybox, tracer, compiledProgram], 'tsrun is killed by SIGKILL right before a system call', () => {
	const leaks = watchForLeaks(10_000);
	const { path } = scriptBundle('sleep 600', (config) => {
		config.linux['resources'] = limitsHere(64);
	});
	const create = async () => expect(await tsrun(['create', '--bundle', path, id])).toMatchObject(done);

	async function prepare(before: readonly string[][]): Promise<void> {
		await create();
		for (const words of before) expect(await tsrun(words)).toMatchObject(done);
	}

	async function clean(): Promise<void> {
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ ...done, stdout: '' });
	}

	/** What has to be true after each kill; then everything goes, and the next one begins with the same id. */
	async function expectRecovery(): Promise<void> {
		const state = await tsrun(['state', id]);
		if (state.status === 0)
			expect(JSON.parse(state.stdout).status).toMatch(/^(creating|created|running|paused|stopped)$/);
		else expect(state.stderr).toContain('container does not exist');
		expect(await tsrun(['list'])).toMatchObject({ status: 0 });
		await clean();
		expect(await leaks()).toEqual([]);
	}

	async function places(before: readonly string[][], words: readonly string[]): Promise<readonly TracedCall[]> {
		await prepare(before);
		const { result, calls } = await traced(words);
		expect(result).toMatchObject(done);
		await clean();
		const wanted = calls.filter(({ name }) => (all ? !withoutEffect.test(name) : changing.test(name)));
		return sample(wanted, 7);
	}

	test.each(verbs)(
		'%s',
		async (verb, before, wordsOf) => {
			const words = wordsOf(path);
			let [killed, over] = [0, 0];
			for (const { name, number } of await places(before, words)) {
				await prepare(before);
				const { result } = await traced(words, { inject: `${name}:signal=KILL:when=${number}` });
				if (result.signal === 'SIGKILL') killed++;
				else over++;
				await expectRecovery().catch((cause) => {
					throw new Error(`killed before ${name} number ${number}: ${cause instanceof Error ? cause.message : cause}`, {
						cause,
					});
				});
			}
			await create();
			await clean();
			tell(`killed: ${verb}`, killed, 'all recovered');
			// From run to run a call more or less is made; the most must have been there.
			expect(killed).toBeGreaterThan(over * 4);
		},
		all ? 1_200_000 : 60_000,
	);
});
