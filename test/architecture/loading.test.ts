import { type Source, sourcesOf } from './sources.js';

const byPath = new Map(sourcesOf('lib', 'cli').map((source) => [source.path, source]));

/** Files and packages that are there as soon as a file is loaded; what is imported when a function runs is not among them. */
function loadedWith(entry: string): Set<string> {
	const loaded = new Set<string>();
	const load = (path: string): void => {
		if (loaded.has(path)) return;
		loaded.add(path);
		const source: Source | undefined = byPath.get(path);
		for (const { target, typeOnly, lazy } of source?.imports ?? []) if (!typeOnly && !lazy) load(target);
	};
	load(entry);
	return loaded;
}

const matching = (loaded: ReadonlySet<string>, pattern: RegExp): string[] =>
	[...loaded].filter((path) => pattern.test(path));

test('who imports the library loads no package, and of the verbs nothing but their names', () => {
	const loaded = loadedWith('lib/index.ts');
	expect(loaded.size).toBeGreaterThan(40);
	expect(matching(loaded, /^(?!node:|lib\/)/)).toEqual([]);
	expect(
		matching(
			loaded,
			/^lib\/(launch\/launch|lifecycle\/(create|exec|start|kill)|plan\/(compile|stages\/)|spec\/(read|rules|schema))/,
		),
	).toEqual([]);
	expect(matching(loaded, /^lib\/(dbus|netlink|define)\//)).toEqual([]);
});

test('configs from a few words need no Runtime, no addon and no reader of configs', () => {
	const loaded = loadedWith('lib/define/index.ts');
	expect(
		matching(
			loaded,
			/^lib\/(runtime|lifecycle|launch|native|state|cgroup|plan)\/|^lib\/spec\/(read|rules|schema)|^(?!node:|lib\/)/,
		),
	).toEqual([]);
});
