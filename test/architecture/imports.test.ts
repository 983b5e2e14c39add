import { type Import, layerOf, type Source, sourcesOf } from './sources.js';

/**
 * A layer imports from itself and from those before it. Where this is another order than that of a container's way
 * through the code, the reason stands beside it.
 */
const layers = [
	'lib/errors',
	'lib/version.ts',
	'lib/paths.ts',
	'lib/native',
	'lib/os',
	'lib/criu',
	'lib/dbus',
	'lib/netlink',
	'lib/resctrl',
	'lib/spec',
	'lib/host',
	'lib/plan',
	// Configs from a few words; a door of its own beside lib/index.ts, so that Runtime does not load it.
	'lib/define',
	// Performs what a plan says about cgroups, and has the plan's types for it.
	'lib/cgroup',
	// Compiles profiles of the spec by means of the addon.
	'lib/seccomp',
	'lib/launch',
	'lib/state',
	'lib/lifecycle',
	// Examines the machine by performing plans of its own, and a container of a lifecycle's length.
	'lib/doctor',
	'lib/runtime',
	'lib/index.ts',
	'cli',
];

const sources = sourcesOf('lib', 'cli');
const byPath = new Map(sources.map((source) => [source.path, source]));

const isOwn = ({ target }: Import): boolean => byPath.has(target);
const isPackage = ({ target }: Import): boolean => !/^(lib|cli|addon)\//.test(target);

/** Imports that a predicate objects to, as "file -> target". */
function refused(where: (source: Source) => boolean, objects: (use: Import, source: Source) => boolean): string[] {
	return sources
		.filter(where)
		.flatMap((source) =>
			source.imports.filter((use) => objects(use, source)).map((use) => `${source.path} -> ${use.target}`),
		);
}

test('the sources have been read', () => {
	expect(sources.length).toBeGreaterThan(150);
	const imports = sources.flatMap((source) => source.imports);
	expect(imports.length).toBeGreaterThan(500);
	expect(imports.some(({ lazy }) => lazy)).toBe(true);
	expect(imports.some(({ typeOnly }) => typeOnly)).toBe(true);
});

test('every folder is a layer', () => {
	expect([...new Set(sources.map(({ path }) => layerOf(path)))].toSorted()).toEqual(layers.toSorted());
});

test('every import of ours leads to a file', () => {
	expect(
		refused(
			() => true,
			(use) => !isPackage(use) && !isOwn(use),
		),
	).toEqual([]);
});

test('layers import to the left only', () => {
	const rank = (path: string) => layers.indexOf(layerOf(path));
	expect(
		refused(
			() => true,
			(use, { path }) => isOwn(use) && rank(use.target) > rank(path),
		),
	).toEqual([]);
});

test('nothing is imported in a circle when it is loaded', () => {
	const loads = (path: string): string[] =>
		(byPath.get(path)?.imports ?? [])
			.filter((use) => isOwn(use) && !use.typeOnly && !use.lazy)
			.map(({ target }) => target);
	expect(circles([...byPath.keys()], loads)).toEqual([]);
});

/** Each circle as the files on it, found by a walk in depth. */
function circles(all: readonly string[], next: (path: string) => string[]): string[][] {
	const found: string[][] = [];
	const done = new Set<string>();
	const walk = (path: string, above: readonly string[]): void => {
		const start = above.indexOf(path);
		if (start !== -1) found.push([...above.slice(start), path]);
		if (start !== -1 || done.has(path)) return;
		for (const target of next(path)) walk(target, [...above, path]);
		done.add(path);
	};
	for (const path of all) walk(path, []);
	return found;
}

test('circles are found where there are some', () => {
	const next = (path: string) => ({ a: ['b'], b: ['c', 'd'], c: ['a'] })[path] ?? [];
	expect(circles(['d', 'b', 'a', 'c'], next)).toEqual([['b', 'c', 'a', 'b']]);
});

test('the command line knows the library by its index alone', () => {
	const isCli = ({ path }: Source) => path.startsWith('cli/');
	// Files and paths are not what the library is about; the command line has them from where the library has them.
	const known = ['lib/index.ts', 'lib/paths.ts', 'lib/native/files.ts', 'lib/native/load.ts'];
	expect(refused(isCli, ({ target }) => target.startsWith('lib/') && !known.includes(target))).toEqual([]);
	expect(refused(isCli, ({ target }) => target.startsWith('addon/'))).toEqual([]);
});

test('fs-extra is behind lib/os, and loaded when it is needed', () => {
	const isFsExtra = ({ target }: Import) => target.startsWith('fs-extra');
	expect(refused(({ path }) => !path.startsWith('lib/os/'), isFsExtra)).toEqual([]);
	expect(
		refused(
			() => true,
			(use) => isFsExtra(use) && !use.lazy && !use.typeOnly,
		),
	).toEqual([]);
});

test('the addon is behind lib/native', () => {
	const isLoader = ({ path }: Source) => path.startsWith('lib/native/');
	expect(
		refused(
			(source) => !isLoader(source),
			({ target }) => target.endsWith('.node'),
		),
	).toEqual([]);
	expect(
		refused(
			(source) => !isLoader(source),
			({ target }) => target === 'node:module',
		),
	).toEqual([]);
});

test('help and usage errors alone load yargs, and zod is the small one', () => {
	expect(
		refused(
			() => true,
			(use) => /^yargs($|\/)/.test(use.target) && !use.lazy,
		),
	).toEqual([]);
	expect(
		refused(
			() => true,
			({ target }) => target === 'zod',
		),
	).toEqual([]);
});

/** What is not ours and is loaded, not lazily, with these files, as "file -> target". */
function foreignBehind(paths: readonly string[]): string[] {
	const loaded = new Set<string>();
	const reached = new Set<string>();
	const load = (path: string): void => {
		if (loaded.has(path)) return;
		loaded.add(path);
		for (const use of byPath.get(path)?.imports ?? []) {
			if (use.typeOnly || use.lazy) continue;
			if (isOwn(use)) load(use.target);
			else reached.add(`${path} -> ${use.target}`);
		}
	};
	for (const path of paths) load(path);
	return [...reached];
}

test('the verbs that engines wait for load nothing of Node.js that Bun takes milliseconds for', () => {
	const verbs = ['create', 'start', 'kill', 'delete', 'exec'];
	const commands = ['run', 'state', 'list', ...verbs].map((verb) => `cli/commands/${verb}.ts`);
	const lifecycle = verbs.map((verb) => `lib/lifecycle/${verb}.ts`);
	expect(foreignBehind(['cli/bin.ts', ...commands, ...lifecycle])).toEqual([]);
});

describe('the plan is pure', () => {
	const isPlan = ({ path }: Source) => path.startsWith('lib/plan/');

	test('it imports nothing of Node.js and no package', () => {
		expect(refused(isPlan, isPackage)).toEqual([]);
	});

	test('it imports nothing that looks at a machine or changes one', () => {
		expect(refused(isPlan, (use) => /^lib\/(os|native|cgroup|launch|state|seccomp)\//.test(use.target))).toEqual([]);
	});

	test('what is loaded with it reads nothing either', () => {
		const reached = foreignBehind(sources.filter(isPlan).map(({ path }) => path));
		// Numbers of errnos and signals, for the words of errors.
		const constants = ['lib/errors/errno.ts -> node:os', 'lib/errors/errno.ts -> node:util'];
		expect(reached.filter((use) => !constants.includes(use))).toEqual([]);
	});
});
