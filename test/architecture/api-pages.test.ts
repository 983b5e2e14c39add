import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from './sources.js';

const committed = join(repository, 'docs/api');
const update = process.env['UPDATE_DOCS'] === '1';

let fresh: string;
let said: { status: number | null; complaints: string };

beforeAll(() => {
	fresh = update ? committed : mkdtempSync(join(tmpdir(), 'tsrun-api-'));
	const { status, stderr } = spawnSync(process.execPath, [join(repository, 'scripts/api-pages/generate.mjs'), fresh], {
		encoding: 'utf8',
		timeout: 240_000,
	});
	said = { status, complaints: stderr };
}, 250_000);

afterAll(() => {
	if (!update) rmSync(fresh, { recursive: true });
});

test('every export has words, and every type that one is made of is exported', () => {
	expect(said).toEqual({ status: 0, complaints: '' });
});

const names = ['README.md', 'spec.md', 'surface.md', 'tsrun.md'];

test('the pages are these', () => {
	expect(readdirSync(fresh).sort()).toEqual(names);
	expect(readdirSync(committed).sort()).toEqual(names);
});

test.each(names)('docs/api/%s is what the sources say (npm run docs rewrites it)', (name) => {
	expect(readFileSync(join(committed, name), 'utf8')).toBe(readFileSync(join(fresh, name), 'utf8'));
});
