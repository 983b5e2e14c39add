import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const addon = join(import.meta.dirname, '../../../addon');

export function sourceOf(file: string): string {
	return readFileSync(join(addon, file), 'utf8');
}

/** The value of a macro of addon/wire/messages.h. */
export function messageConstant(name: string): number {
	const value = new RegExp(`^#define ${name} (\\w+?)u?\\b`, 'm').exec(sourceOf('wire/messages.h'))?.[1];
	if (value === undefined) throw new Error(`addon/wire/messages.h does not define ${name}`);
	return Number(value);
}

/** The members of an enum that a C source writes out with their values, by their names. */
export function enumOf(file: string, member: string): ReadonlyMap<string, number> {
	const body = [...sourceOf(file).matchAll(/\benum\b[^{;]*\{([^}]*)\}/g)]
		.map(([, text = '']) => text)
		.find((text) => new RegExp(`\\b${member}\\b`).test(text));
	if (body === undefined) throw new Error(`addon/${file} has no enum with ${member}`);
	return new Map([...body.matchAll(/(\w+) = (\d+)/g)].map(([, name = '', value]) => [name, Number(value)]));
}
