import { setTimeout as delay } from 'node:timers/promises';
import { TsrunError } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { watchForLeaks } from '../harness/leaks.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { all } from './sample.js';

const limitMs = 10_000;

/** Ends after so many milliseconds, be it that exec has failed, or that what it started has ended. */
async function outcomeOf(attempt: Promise<{ wait(options: object): Promise<object> }>): Promise<string> {
	try {
		const handle = await attempt;
		const exit = await handle.wait({ signal: AbortSignal.timeout(limitMs) });
		expect(exit).toEqual({ code: null, signal: 9 });
		return 'killed';
	} catch (error) {
		expect(error).toBeInstanceOf(TsrunError);
		return (error as TsrunError).code;
	}
}

describeWith([root, busybox], 'the first process ends while others join', () => {
	const leaks = watchForLeaks(10_000);
	const moments = Array.from({ length: all ? 120 : 30 }, (_, index) => (index * 12) / (all ? 120 : 30));

	test.each([
		['with a pid namespace', ['pid']],
		['with a user namespace too', ['pid', 'user']],
	])(
		'%s: what has joined dies with it, the others are told',
		async (_title, types) => {
			const { path } = scriptBundle('sleep 600', (config) => {
				if (!types.includes('user')) return;
				const mapping = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
				config.linux.namespaces.push({ type: 'user' });
				Object.assign(config.linux, { uidMappings: mapping, gidMappings: mapping });
			});
			const seen = new Map<string, number>();
			for (const moment of moments) {
				const container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
				const joining = Array.from({ length: 3 }, () =>
					outcomeOf(container.exec(['sleep', '600'], { stdio: 'ignore', signal: AbortSignal.timeout(limitMs) })),
				);
				await delay(moment);
				await container.kill('SIGKILL');
				for (const outcome of await Promise.all(joining)) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
				expect(await container.wait({ signal: AbortSignal.timeout(limitMs) })).toEqual({ code: null, signal: 9 });
				await container.delete();
				expect(await leaks()).toEqual([]);
			}
			process.stderr.write(`joining: ${JSON.stringify(Object.fromEntries(seen))}\n`);
			// Time-outs of ours would be of one that hangs.
			expect([...seen.keys()]).not.toContain('ERR_ABORTED');
			expect(seen.size).toBeGreaterThan(1);
		},
		120_000,
	);
});
