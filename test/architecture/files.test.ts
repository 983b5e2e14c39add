import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repository, sourcesOf } from './sources.js';

const sources = sourcesOf('lib', 'cli');

test('no file is longer than 300 lines, so that it holds one noun', () => {
	const tests = sourcesOf('test');
	const long = [...sources, ...tests].filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`);
	expect(long).toEqual([]);
});

test('no file is a drawer', () => {
	const drawer = /^(utils?|helpers?|common|misc|shared|tools)$/;
	const names = [...sources, ...sourcesOf('test')].filter(({ path }) =>
		path.split('/').some((part) => drawer.test(part.replace(/(\.test)?\.ts$/, ''))),
	);
	expect(names.map(({ path }) => path)).toEqual([]);
});

test('files are named as their words are written, with hyphens', () => {
	const other = sources.filter(({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(path)));
	expect(other.map(({ path }) => path)).toEqual([]);
});

// Tables and schemas are checked by what reads them; lifecycle, runtime and launch's host operations by real containers.
const testedElsewhere = new Map([
	['lib/lifecycle', 'test/kernel'],
	['lib/native', 'test/contract'],
	['lib/runtime', 'test/kernel'],
]);

const isTested = (folder: string): boolean =>
	existsSync(join(repository, folder)) &&
	readdirSync(join(repository, folder), { recursive: true }).some((name) => String(name).endsWith('.test.ts'));

const folders = [...new Set(sources.map(({ path }) => path.split('/').slice(0, 2).join('/')))].filter(
	(folder) => folder.startsWith('lib/') && !folder.endsWith('.ts'),
);

test.each(folders)('%s has tests of its own in the mirror of its place', (folder) => {
	const mirror = join('test/unit', basename(folder));
	const elsewhere = testedElsewhere.get(folder);
	expect({ folder, tested: isTested(mirror) || (elsewhere !== undefined && isTested(elsewhere)) }).toEqual({
		folder,
		tested: true,
	});
});

test('a unit test stands in the mirror of the folder that it tests', () => {
	const wandering = sourcesOf('test/unit').filter(({ path }) => {
		const place = dirname(path).replace('test/unit', '').replace(/^\//, '');
		// The wire is shared with the helper; the command line has a folder of its own beside lib.
		return place !== '' && place !== 'wire' && !existsSync(join(repository, place === 'cli' ? 'cli' : `lib/${place}`));
	});
	expect(wandering.map(({ path }) => path)).toEqual([]);
});
