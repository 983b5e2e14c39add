import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { initOperations } from '../../lib/plan/tables/operations.js';
import { fixtureFiles, fixtureRoot, hostFolder, hostOf, outcomeOf, planFixtures, planOf } from './fixture.js';

// `npm run golden:update` writes what the plans are now; whoever runs it reads every line of the difference.
const update = process.env['UPDATE_GOLDEN'] === '1';
const names = planFixtures();

it.each(names)('%s', (name) => {
	const { file, text } = outcomeOf(name);
	const path = join(fixtureRoot, name, file);
	if (update) {
		for (const other of ['plan.txt', 'refusal.txt']) rmSync(join(fixtureRoot, name, other), { force: true });
		writeFileSync(path, text);
	}
	expect(existsSync(path)).toBe(true);
	expect(text).toBe(readFileSync(path, 'utf8'));
});

it('has a fixture for each idea, and no file that nobody reads', () => {
	expect(names.length).toBeGreaterThanOrEqual(70);
	for (const name of names) {
		const files = readdirSync(join(fixtureRoot, name));
		expect({ name, unread: files.filter((file) => !fixtureFiles.includes(file)) }).toEqual({ name, unread: [] });
		const { file } = outcomeOf(name);
		const stale = files.filter((other) => other.endsWith('.txt') && other !== file);
		expect({ name, stale }).toEqual({ name, stale: [] });
	}
});

it('describes no host that no fixture is on', () => {
	const used = new Set(names.map((name) => `${hostOf(name).like}.json`));
	expect(readdirSync(hostFolder).toSorted()).toEqual([...used].toSorted());
});

it('has every operation of the helper in some plan', () => {
	const plans = names.filter((name) => existsSync(join(fixtureRoot, name, 'plan.txt'))).map(planOf);
	const planned = new Set<string>(plans.flatMap(({ steps }) => steps.map(({ operation }) => operation)));
	expect(Object.keys(initOperations).filter((operation) => !planned.has(operation))).toEqual([]);
});
