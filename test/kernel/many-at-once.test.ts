import { Runtime } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const containers = 48;
const width = 16;

describeWith([root, busybox], 'many containers at once, in one process', () => {
	test('all of them run, and the event loop turns meanwhile', async () => {
		const runtime = new Runtime({ root: stateRoot() });
		const { path } = scriptBundle('exit 3');
		let turns = 0;
		const timer = setInterval(() => {
			turns += 1;
		}, 1);
		let next = 0;
		const codes: (number | null)[] = [];
		const hand = async () => {
			while (next < containers) {
				next += 1;
				const container = await runtime.run(containerId(), path, { stdio: 'ignore' });
				codes.push((await container.wait()).code);
				await container.delete();
			}
		};
		await Promise.all(Array.from({ length: width }, hand)).finally(() => clearInterval(timer));
		expect(codes).toEqual(Array(containers).fill(3));
		// What is ready while other things are worked off must not keep the timers waiting until all is done.
		expect(turns).toBeGreaterThanOrEqual(containers / 2);
	});

	test('one that cannot be made does not disturb the others', async () => {
		const runtime = new Runtime({ root: stateRoot() });
		const good = scriptBundle('exit 0').path;
		const bad = scriptBundle('exit 0', (config) => {
			config.process.args = ['/no/such/program'];
		}).path;
		const results = await Promise.allSettled(
			Array.from({ length: 8 }, (_, number) => runtime.capture(containerId(), number % 2 === 0 ? good : bad)),
		);
		for (const [number, result] of results.entries()) {
			if (number % 2 === 0) expect(result).toMatchObject({ status: 'fulfilled', value: { code: 0 } });
			else expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_EXECUTABLE' } });
		}
	});
});
