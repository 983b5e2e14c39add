import { existsSync } from 'node:fs';
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

const testFiles = sourcesOf('test')
	.map(({ path }) => path)
	.filter((path) => path.endsWith('.test.ts'));

// What works on cgroups, processes and containers is tested on real ones.
const testedElsewhere = new Map([
	['lib/cgroup', /^test\/kernel\/(cgroup|resources)-/],
	['lib/doctor', /^test\/kernel\/doctor-/],
	['lib/lifecycle', /^test\/kernel\/whole-life\./],
	['lib/native', /^test\/contract\/native-/],
	['lib/runtime', /^test\/kernel\/whole-life\./],
]);

const folders = [...new Set(sources.map(({ path }) => path.split('/').slice(0, 2).join('/')))].filter(
	(folder) => folder.startsWith('lib/') && !folder.endsWith('.ts'),
);

test.each(folders)('%s has tests of its own, in the mirror of its place or on a real kernel', (folder) => {
	const elsewhere = testedElsewhere.get(folder);
	const own = testFiles.filter(
		(path) => path.startsWith(`test/unit/${basename(folder)}/`) || elsewhere?.test(path) === true,
	);
	expect(own).not.toEqual([]);
});

test('a unit test stands in the mirror of the folder that it tests', () => {
	const wandering = sourcesOf('test/unit').filter(({ path }) => {
		const place = dirname(path).replace('test/unit', '').replace(/^\//, '');
		// The wire is shared with the helper; the command line has a folder of its own beside lib.
		return place !== '' && place !== 'wire' && !existsSync(join(repository, place === 'cli' ? 'cli' : `lib/${place}`));
	});
	expect(wandering.map(({ path }) => path)).toEqual([]);
});
