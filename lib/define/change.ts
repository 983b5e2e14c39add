import type { SpecInput, Written } from '../spec/index.js';

/**
 * One thing that is different in a config: a function from a config to another one, which leaves the first as it is. Those
 * of this module are made this way, and any function of a program is as good: `(spec) => ({ ...spec, hostname: 'web' })`.
 */
export type SpecChange = (spec: SpecInput) => SpecInput;

/** Several changes as one, made in their order. */
export function compose(...changes: readonly SpecChange[]): SpecChange {
	return (spec) => changes.reduce((changed, change) => change(changed), spec);
}

/** What may be left out of a config, however deep. */
export type PartialSpec = { readonly [Name in keyof SpecInput]?: DeepPartial<SpecInput[Name]> | undefined };

type DeepPartial<Whole> = Whole extends readonly unknown[]
	? Whole
	: Whole extends object
		? { readonly [Name in keyof Whole]?: DeepPartial<Whole[Name]> | undefined }
		: Whole;

/**
 * Puts members into a config: objects member by member, everything else, lists too, in place of what was there.
 *
 * @example merge({ process: { oomScoreAdj: 500 }, annotations: { team: 'search' } })
 */
export function merge(members: PartialSpec): SpecChange {
	return (spec) => merged(spec, members) as SpecInput;
}

function merged(old: unknown, change: unknown): unknown {
	if (!isObject(old) || !isObject(change)) return change;
	const names = [...new Set([...Object.keys(old), ...Object.keys(change)])];
	return Object.fromEntries(
		names.map((name) => [name, change[name] === undefined ? old[name] : merged(old[name], change[name])]),
	);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `linux` of a config with other members. */
export function withLinux(
	spec: SpecInput,
	change: (linux: NonNullable<SpecInput['linux']>) => Partial<SpecInput['linux']>,
): SpecInput {
	const linux = spec.linux ?? {};
	return { ...spec, linux: { ...linux, ...change(linux) } };
}

/** `process` of a config with other members; a config without one has nothing to change. */
export function withProcess(
	spec: SpecInput,
	change: (process: NonNullable<SpecInput['process']>) => Partial<Written<NonNullable<SpecInput['process']>>>,
): SpecInput {
	return spec.process === undefined ? spec : { ...spec, process: { ...spec.process, ...change(spec.process) } };
}
