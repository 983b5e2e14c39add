import { readFileSync, writeFileSync } from 'node:fs';
import { explainPlan } from '../../lib/plan/explain.js';
import { planOf } from './fixture.js';

const page = new URL('../../docs/plan.md', import.meta.url);
const block = /(<!-- (walkthrough\/[\w-]+) -->\n```text\n)[^`]*(```)/g;

test('docs/plan.md shows a plan as it is', () => {
	const text = readFileSync(page, 'utf8');
	const shown = text.replace(block, (_block, head: string, name: string, end: string) => {
		return `${head}${explainPlan(planOf(name))}${end}`;
	});
	expect([...text.matchAll(block)]).toHaveLength(1);
	if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, shown);
	expect(readFileSync(page, 'utf8')).toBe(shown);
});
