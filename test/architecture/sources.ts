import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const repository = join(import.meta.dirname, '../..');

/** One import or re-export of a source file. */
export interface Import {
	/** Path in the repository for files of its own, otherwise the specifier as it is written. */
	readonly target: string;
	/** Nothing of it is there when the program runs. */
	readonly typeOnly: boolean;
	/** By a call of import(), when the importing function runs. */
	readonly lazy: boolean;
}

export interface Source {
	/** Path in the repository: lib/plan/step.ts. */
	readonly path: string;
	readonly lines: number;
	readonly imports: readonly Import[];
}

/** All TypeScript files below these folders of the repository. */
export function sourcesOf(...folders: readonly string[]): Source[] {
	return folders.flatMap((folder) =>
		readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
			.map((entry) => readSource(relative(repository, join(entry.parentPath, entry.name))))
			.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
	);
}

function readSource(path: string): Source {
	const text = readFileSync(join(repository, path), 'utf8');
	return { path, lines: text.split('\n').length - 1, imports: importsOf(path, text) };
}

// The formatter of this repository writes an import in one of these shapes.
const declaration = /^(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?'([^']+)'/gm;
const call = /\bimport\('([^']+)'\)/g;

function importsOf(path: string, text: string): Import[] {
	const declared = [...text.matchAll(declaration)].map(([, type, names = '', specifier = '']) => ({
		target: resolved(path, specifier),
		typeOnly: type !== undefined || onlyTypes(names),
		lazy: false,
	}));
	const called = [...text.matchAll(call)].map(([, specifier = '']) => ({
		target: resolved(path, specifier),
		typeOnly: false,
		lazy: true,
	}));
	return [...declared, ...called];
}

/** `{ type A, type B }`, which leaves nothing behind either. */
function onlyTypes(names: string): boolean {
	const list = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
	if (list === undefined) return false;
	const parts = list.split(',').filter((part) => part.trim() !== '');
	return parts.length > 0 && parts.every((part) => part.trim().startsWith('type '));
}

function resolved(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier;
	const path = join(dirname(from), specifier);
	const source = path.replace(/\.js$/, '.ts');
	return existsSync(join(repository, source)) ? source : path;
}

/** `lib/plan` of lib/plan/stages/root.ts; the file itself for those at the top: lib/index.ts. */
export function layerOf(path: string): string {
	const [top = '', second = ''] = path.split('/');
	return top === 'cli' ? 'cli' : `${top}/${second}`;
}
