import fc from 'fast-check';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { watchForLeaks } from '../harness/leaks.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';
import { byLibrary, byProgram } from './callers.js';
import { tell } from './counts.js';
import { explain, type Life, type Verb, verbs } from './life-model.js';
import { all } from './sample.js';

const names = ['a', 'b'] as const;
type Name = (typeof names)[number];
interface Call {
	readonly verb: Verb;
	readonly name: Name;
}

/** Calls of one round begin at the same time. */
const rounds = fc.array(
	fc.array(fc.record<Call>({ verb: fc.constantFrom(...verbs), name: fc.constantFrom(...names) }), {
		minLength: 1,
		maxLength: 5,
	}),
	{ minLength: 2, maxLength: 6 },
);

const histories = all ? 300 : 12;

describe('the model that explains', () => {
	const worked = (verb: Verb) => ({ verb, worked: true });
	const failed = (verb: Verb) => ({ verb, worked: false });
	test.each([
		['one create of two', ['none'], [worked('create'), failed('create')], ['created']],
		['no two', ['none'], [worked('create'), worked('create')], []],
		['none that fails for nothing', ['none'], [failed('create'), failed('create')], []],
		[
			'two that had a delete between them',
			['none'],
			[worked('create'), worked('create'), worked('delete')],
			['created'],
		],
		['no start after a start', ['running'], [worked('start')], []],
		['a start that a kill was faster than', ['created'], [worked('kill'), failed('start')], ['dying']],
		['no container that is gone by itself', ['running'], [failed('state')], []],
	] as const)('%s', (_title, from, answers, ends) => {
		expect(explain(from, answers)).toEqual(ends);
	});
});

describeWith([root, busybox], 'several calls at once', () => {
	const { path } = scriptBundle('sleep 600');

	/** What `state` says when nobody else does anything. */
	async function seen(id: string): Promise<readonly Life[]> {
		const { status, stdout } = await tsrun(['state', id]);
		if (status !== 0) return ['none'];
		const told = JSON.parse(stdout).status;
		return told === 'stopped' ? ['dying'] : [told as Life, 'dying'];
	}

	test.each([
		['at once', 'each by a process of the program', async () => byProgram(path)],
		['at once, library', 'by two hosts of the library in each of two processes', () => byLibrary(path)],
	])(
		'%s, %s: each answer is explained by some order of the calls',
		async (counted, _title, callerOf) => {
			let [calls, answered] = [0, 0];
			const property = fc.asyncProperty(rounds, async (history) => {
				const ids = { a: containerId('a'), b: containerId('b') };
				const lives: Record<Name, readonly Life[]> = { a: ['none'], b: ['none'] };
				const before = await caller.call('list', '');
				expect(before).toBeUndefined();
				try {
					for (const round of history) {
						const list = caller.call('list', '');
						const answers = await Promise.all(
							round.map(async ({ verb, name }) => {
								const error = await caller.call(verb, ids[name]);
								calls++;
								if (error === undefined) answered++;
								else expect(error).toMatch(/^\S.{10,}/);
								return { name, answer: { verb, worked: error === undefined } };
							}),
						);
						expect(await list).toBeUndefined();
						for (const name of names) {
							const given = answers.filter((one) => one.name === name).map(({ answer }) => answer);
							const ends = explain(lives[name], given);
							const told = await seen(ids[name]);
							lives[name] = ends.filter((life) => told.includes(life));
							if (lives[name].length > 0) continue;
							throw new Error(
								`no order of ${JSON.stringify(given)} explains that ${name} is ${told[0]}; could be: ${ends}`,
							);
						}
					}
				} finally {
					for (const id of Object.values(ids)) expect((await tsrun(['delete', '--force', id])).status).toBe(0);
				}
				expect(await leaks()).toEqual([]);
			});
			await using caller = await callerOf();
			const leaks = watchForLeaks(10_000);
			// A race that was lost once is not lost again for the sake of a shorter example.
			await fc.assert(property, { numRuns: histories, endOnFailure: true });
			tell(counted, calls, `${answered} worked, ${calls - answered} failed, all explained`);
			expect(answered).toBeGreaterThan(calls / 10);
		},
		all ? 1_100_000 : 120_000,
	);

	test('twenty-four containers come and go while they are listed', async () => {
		const leaks = watchForLeaks(10_000);
		const ids = Array.from({ length: 24 }, () => containerId('many'));
		await using programs = byProgram(path);
		await using hosts = await byLibrary(path);
		const lives = ids.map(async (id, index) => {
			const caller = index % 2 === 0 ? programs : hosts;
			for (const verb of ['create', 'start', 'exec', 'delete --force'] as const)
				expect(await caller.call(verb, id)).toBeUndefined();
		});
		const allOver = Promise.all(lives).then(() => true);
		let over = false;
		while (!over) {
			for (const caller of [programs, hosts]) expect(await caller.call('list', '')).toBeUndefined();
			over = await Promise.race([allOver, new Promise<false>((done) => setImmediate(done, false))]);
		}
		expect(recordedContainers()).toEqual([]);
		expect((await leaks()).filter((one) => !one.includes('fixtures/host.mjs'))).toEqual([]);
	}, 60_000);
});
