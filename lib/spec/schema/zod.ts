import * as z from 'zod/mini';
import { showValue } from '../show-value.js';
import type { List, ObjectOf, OutputOf, Scalar, Shape } from './shape.js';

const known = new WeakMap<object, z.ZodMiniType>();

/** zod's schema of a shape. A shape that stands in several places has one. */
function zodOf<Of extends Shape>(shape: Of): z.ZodMiniType<OutputOf<Of>> {
	const schema = known.get(shape) ?? make(shape);
	known.set(shape, schema);
	return schema as z.ZodMiniType<OutputOf<Of>>;
}

/** zod's schema of an object. */
export function zodObjectOf<Output>({ members, strict }: ObjectOf<Output>) {
	const schemas = Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, zodOf(shape)]));
	return strict ? z.strictObject(schemas) : z.object(schemas);
}

function make(shape: Shape): z.ZodMiniType {
	switch (shape.kind) {
		case 'scalar':
			return scalarSchema(shape);
		case 'list':
			return listSchema(shape);
		case 'optional':
			return z.optional(zodOf(shape.inner));
		case 'defaulted':
			return z._default(z.optional(zodOf(shape.inner)), shape.make);
		case 'array':
			return z.array(zodOf(shape.element));
		case 'map':
			return z.record(z.string(), zodOf(shape.value));
		case 'object':
			return zodObjectOf(shape);
		case 'prepared':
			return z.pipe(z.transform(shape.prepare), zodOf(shape.inner));
	}
}

// Transforms of our own, as scalars word their faults themselves.
function scalarSchema({ faultOf, missing = 'is required', convert }: Scalar<unknown>): z.ZodMiniType {
	return z.transform((input: unknown, context: z.core.ParsePayload): unknown => {
		const message = input === undefined ? missing : faultOf(input);
		if (message === undefined) return convert(input);
		context.issues.push({ code: 'custom', message, input });
		return z.NEVER;
	});
}

// One schema for the whole array: zod's own costs a call and a record for each entry.
function listSchema({ faultOf, missing = 'is required', least }: List<unknown>): z.ZodMiniType {
	return z.transform((input: unknown, context: z.core.ParsePayload): unknown => {
		if (!Array.isArray(input) || input.length < least) {
			const wanted = least === 0 ? 'an array' : 'an array with at least one entry';
			const message = input === undefined ? missing : `must be ${wanted}, found ${showValue(input)}`;
			context.issues.push({ code: 'custom', message, input });
			return z.NEVER;
		}
		for (const [index, element] of input.entries()) {
			const message = faultOf(element);
			if (message !== undefined) context.issues.push({ code: 'custom', message, input: element, path: [index] });
		}
		return input;
	});
}
