import { specSchema } from '../../../lib/spec/schema/spec.js';

/** The part of a zod schema that says what it is made of. */
interface SchemaDefinition {
	readonly type: string;
	readonly shape?: Readonly<Record<string, unknown>>;
	readonly element?: unknown;
	readonly valueType?: unknown;
	readonly innerType?: unknown;
	readonly in?: unknown;
	readonly out?: unknown;
}

/** Every member of config.json that the schemas know, as `process.rlimits[].soft`; `*` stands for a key of a map. */
export function specFields(): string[] {
	const fields: string[] = [];
	walk(specSchema, '', fields);
	return fields;
}

function walk(schema: unknown, at: string, fields: string[]): void {
	const definition = (schema as { _zod?: { def?: SchemaDefinition } } | undefined)?._zod?.def;
	if (definition === undefined) return;
	for (const [name, member] of Object.entries(definition.shape ?? {})) {
		const path = at === '' ? name : `${at}.${name}`;
		fields.push(path);
		walk(member, path, fields);
	}
	walk(definition.element, `${at}[]`, fields);
	walk(definition.valueType, `${at}.*`, fields);
	for (const inner of [definition.innerType, definition.in, definition.out]) walk(inner, at, fields);
}
