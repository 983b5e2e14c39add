import type { Shape } from '../../../lib/spec/schema/shape.js';
import { specSchema } from '../../../lib/spec/schema/spec.js';

/** Every member of config.json that the schemas know, as `process.rlimits[].soft`; `*` stands for a key of a map. */
export function specFields(): string[] {
	return fieldsOf(specSchema, '');
}

function fieldsOf(shape: Shape, at: string): string[] {
	switch (shape.kind) {
		case 'object':
			return Object.entries(shape.members).flatMap(([name, member]) => {
				const path = at === '' ? name : `${at}.${name}`;
				return [path, ...fieldsOf(member, path)];
			});
		case 'array':
			return fieldsOf(shape.element, `${at}[]`);
		case 'map':
			return fieldsOf(shape.value, `${at}.*`);
		case 'optional':
		case 'defaulted':
		case 'prepared':
			return fieldsOf(shape.inner, at);
		default:
			return [];
	}
}
