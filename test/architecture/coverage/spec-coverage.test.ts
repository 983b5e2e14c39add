import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerTestsWith, fixturesWith, readContainerTests, readFixtures } from './evidence.js';
import { fieldNotes, isRefused } from './field-notes.js';
import { specFields } from './spec-fields.js';

const page = join(import.meta.dirname, '../../../docs/spec-coverage.md');
const fixtures = readFixtures();
const containerTests = readContainerTests();

const fields = specFields().map((field) => ({
	field,
	note: noteOf(field),
	plans: fixturesWith(field, fixtures),
	runs: containerTestsWith(field, containerTests),
}));

test('every field that is performed is in a golden plan or in a container of a test', () => {
	const unproven = fields.filter(({ note, plans, runs }) => !isRefused(note) && plans.length + runs.length === 0);
	expect(unproven.map(({ field }) => field)).toEqual([]);
});

test('notes are about fields that there are', () => {
	const known = new Set(fields.map(({ field }) => field));
	expect(Object.keys(fieldNotes).filter((field) => !known.has(field))).toEqual([]);
});

test('docs/spec-coverage.md is what the schemas and the tests say (UPDATE_DOCS=1 rewrites it)', () => {
	if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, text());
	expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(text());
});

function text(): string {
	const rows = fields.map(
		({ field, note, plans, runs }) => `| \`${field}\` | ${note} | ${some(plans)} | ${some(runs)} |`,
	);
	return [
		'# Coverage of the runtime-spec',
		'',
		'Every member of config.json of runtime-spec 1.3 for Linux, as the schemas in `lib/spec/schema` have it. The page is made',
		'from them and from the tests by `test/architecture/coverage/spec-coverage.test.ts`, which fails when it is out of date, and when',
		'a field that is performed is in no test. *Plans* are golden fixtures in `spec-fixtures`, *containers* files in',
		'`test/kernel`, and in `test/vm` for a guest, that look at a running container; the first ones are named, the number is',
		'that of the others.',
		'',
		'Members of other platforms, and members that the specification does not have, are ignored.',
		'',
		'| field | status | plans | containers |',
		'|---|---|---|---|',
		...rows,
		'',
	].join('\n');
}

function noteOf(field: string): string {
	for (let path = field; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('.')))) {
		const note = fieldNotes[path];
		if (note !== undefined) return note;
	}
	return 'performed';
}

function some(names: readonly string[]): string {
	const shown = names.slice(0, 2).join(', ');
	return names.length > 2 ? `${shown}, +${names.length - 2}` : shown;
}
