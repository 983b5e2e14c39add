import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');

interface Fixture {
	readonly name: string;
	readonly config: unknown;
}

interface TestFile {
	readonly name: string;
	readonly words: ReadonlySet<string>;
}

/** What a test need not name: the member of any name, and what harnesses put the rest into. */
const unnamed = new Set(['*', 'linux', 'resources']);

/** Golden fixtures whose config has a field. */
export function fixturesWith(field: string, fixtures: readonly Fixture[]): string[] {
	const path = field.split(/\.|(?=\[\])/);
	return fixtures.filter(({ config }) => has(config, path)).map(({ name }) => name);
}

/** Tests with containers that speak of a field: by its own name and those of all that it is in. */
export function containerTestsWith(field: string, files: readonly TestFile[]): string[] {
	const names = field.split('.').map((part) => part.replace('[]', ''));
	const wanted = names.filter((name) => !unnamed.has(name));
	return files.filter(({ words }) => wanted.every((word) => words.has(word))).map(({ name }) => name);
}

export function readFixtures(): Fixture[] {
	const root = join(repository, 'spec-fixtures');
	return directories(root).flatMap((topic) =>
		directories(join(root, topic)).flatMap((name) => {
			const file = join(root, topic, name, 'config.json');
			if (topic === 'invalid' || !existsSync(file)) return [];
			const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
			const exec = join(root, topic, name, 'exec.json');
			// What exec.json has is a process object of its own, as `exec --process` takes one.
			return [{ name: `${topic}/${name}`, config: { ...read(file), ...(existsSync(exec) ? read(exec) : {}) } }];
		}),
	);
}

/** Tests that look at running containers: on this machine, and in a guest (`vm/`), which has what it lacks. */
export function readContainerTests(): TestFile[] {
	return [...testsIn('test/kernel', '.test.ts', ''), ...testsIn('test/vm', '.ts', 'vm/')];
}

function testsIn(path: string, ending: string, prefix: string): TestFile[] {
	const folder = join(repository, path);
	return readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.sort()
		.map((name) => ({
			name: `${prefix}${name.slice(0, -ending.length)}`,
			words: new Set(readFileSync(join(folder, name), 'utf8').match(/\w+/g) ?? []),
		}));
}

function has(value: unknown, [head, ...rest]: readonly string[]): boolean {
	if (head === undefined) return value !== undefined && value !== null;
	if (typeof value !== 'object' || value === null) return false;
	if (head === '[]') return Array.isArray(value) && value.some((item) => has(item, rest));
	if (head === '*') return Object.values(value).some((item) => has(item, rest));
	return has((value as Record<string, unknown>)[head], rest);
}

function directories(path: string): string[] {
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map(({ name }) => name)
		.sort();
}
