import { isJsonObject } from './json/value.js';
import type { ObjectOf, Shape } from './schema/shape.js';

/** What {@link accept} makes of a value that has a fault somewhere. It says nothing about it: the reader by zod does. */
export const refused = Symbol('refused');

/** The value that a shape makes of a JSON value, with known members alone; or {@link refused}. */
export function accept(shape: Shape, input: unknown): unknown {
	switch (shape.kind) {
		case 'scalar':
			return input === undefined || shape.faultOf(input) !== undefined ? refused : shape.convert(input);
		case 'optional':
			return input === undefined ? undefined : accept(shape.inner, input);
		case 'object':
			return acceptObject(shape, input);
		case 'list':
			if (!Array.isArray(input) || input.length < shape.least) return refused;
			for (const element of input) if (shape.faultOf(element) !== undefined) return refused;
			return input;
		case 'array':
			return Array.isArray(input) ? acceptArray(shape.element, input) : refused;
		case 'defaulted':
			return input === undefined ? shape.make() : accept(shape.inner, input);
		case 'map':
			return isJsonObject(input) ? acceptMap(shape.value, input) : refused;
		case 'prepared':
			return accept(shape.inner, shape.prepare(input));
	}
}

function acceptObject({ members, strict }: ObjectOf<unknown>, input: unknown): unknown {
	if (!isJsonObject(input)) return refused;
	if (strict) for (const name in input) if (!Object.hasOwn(members, name)) return refused;
	const result: Record<string, unknown> = {};
	for (const name in members) {
		const shape = members[name];
		if (shape === undefined) continue;
		const value = input[name];
		// Most members of most sections are absent.
		if (value === undefined && shape.kind === 'optional') continue;
		const member = accept(shape, value);
		if (member === refused) return refused;
		result[name] = member;
	}
	return result;
}

function acceptArray(element: Shape, input: readonly unknown[]): unknown {
	const result: unknown[] = [];
	for (const value of input) {
		const accepted = accept(element, value);
		if (accepted === refused) return refused;
		result.push(accepted);
	}
	return result;
}

function acceptMap(value: Shape, input: Readonly<Record<string, unknown>>): unknown {
	const result: Record<string, unknown> = {};
	for (const name of Object.keys(input)) {
		// As zod does: an assignment would change the prototype.
		if (name === '__proto__') continue;
		const accepted = accept(value, input[name]);
		if (accepted === refused) return refused;
		result[name] = accepted;
	}
	return result;
}
