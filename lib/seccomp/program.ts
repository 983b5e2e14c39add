import { native } from '../native/index.js';
import type { Seccomp } from '../spec/types.js';
import { version } from '../version.js';
import { type Digest, FilterCache } from './cache.js';
import type { FilterCompiler } from './compile.js';
import { libraryOf } from './library.js';

/** Filters of this process, by key. Programs of 64 profiles take about a megabyte. */
const compiled = new Map<string, Uint8Array>();
const keptInMemory = 64;

const digest: Digest = (pieces) => {
	const hash = sha256();
	for (const piece of pieces) hash.update(piece);
	return hash.digest();
};

/** Of the part of a hash that node:crypto and Bun have in common. */
interface Hash {
	update(piece: string | Uint8Array): unknown;
	digest(): Buffer;
}

declare const Bun: { readonly CryptoHasher: new (name: 'sha256') => Hash };

// Bun has one at hand; node:crypto takes it longer to load than a small container takes to run.
function sha256(): Hash {
	return typeof Bun === 'undefined'
		? process.getBuiltinModule('node:crypto').createHash('sha256')
		: new Bun.CryptoHasher('sha256');
}

export interface FilterSource {
	/** Where filters are kept between processes. */
	readonly cacheDirectory: string;
	readonly onCacheRefused: (reason: string) => void;
}

/**
 * The BPF program of a profile: from memory, from disk, or compiled, which takes milliseconds for a profile of 400 calls.
 *
 * @throws TsrunError as {@link compileFilter}
 */
export async function filterProgram(
	profile: Seccomp,
	source: FilterSource,
	compiler: FilterCompiler = native(),
): Promise<Uint8Array> {
	const key = filterKey(profile, compiler);
	const known = compiled.get(key);
	if (known !== undefined) return known;
	const cache = new FilterCache(source.cacheDirectory, digest, source.onCacheRefused);
	const kept = cache.read(key);
	if (kept !== undefined) return remember(key, kept);
	const { compileFilter } = await import('./compile.js');
	const made = compileFilter(profile, compiler);
	cache.write(key, made);
	return remember(key, made);
}

/** Everything a program depends on, as hexadecimal digits. Where it goes and how it is loaded are no part of it. */
export function filterKey(profile: Seccomp, compiler: FilterCompiler): string {
	const { version: library, architecture } = libraryOf(compiler);
	const { defaultAction, defaultErrnoRet, architectures, syscalls } = profile;
	const text = JSON.stringify([defaultAction, defaultErrnoRet, architectures, syscalls], (_key, value: unknown) =>
		typeof value === 'bigint' ? `${value}n` : value,
	);
	return digest([`tsrun ${version}\nlibseccomp ${library}\n${architecture}\n`, text]).toString('hex');
}

function remember(key: string, program: Uint8Array): Uint8Array {
	const [oldest] = compiled.keys();
	if (compiled.size >= keptInMemory && oldest !== undefined) compiled.delete(oldest);
	compiled.set(key, program);
	return program;
}
