import * as z from 'zod/mini';
import { isJsonObject, type JsonValue } from './json/value.js';
import type { JsonPath } from './pointer.js';

/** Thrown by reading a member whose value the schema refused; a rule that hits it has nothing to say. */
export class Unreadable extends Error {}

/**
 * What a refused document still tells, so that rules can speak about the parts that are sound. Every member with a fault
 * is taken out of the value, and reading its place in the result throws {@link Unreadable}: a rule can never take a
 * faulty member for an absent one.
 *
 * @param value changed in place.
 * @returns undefined when nothing can be saved.
 */
export function salvage<Schema extends z.ZodMiniObject>(
	schema: Schema,
	value: JsonValue,
	faulty: readonly JsonPath[],
): Partial<z.output<Schema>> | undefined {
	const lenient = z.partial(schema);
	const removed: JsonPath[] = [];
	let pending = faulty;
	for (;;) {
		for (const path of pending) {
			const gone = remove(value, path);
			if (gone === undefined) return undefined;
			removed.push(gone);
		}
		const result = z.safeParse(lenient, value, { jitless: true });
		if (result.success) {
			for (const path of removed) poison(result.data, path);
			return result.data as Partial<z.output<Schema>>;
		}
		pending = result.error.issues.map((issue) => issue.path as JsonPath);
	}
}

/** Deletes the deepest object member on the path that exists: an array element would move its neighbours. */
function remove(root: JsonValue, path: JsonPath): JsonPath | undefined {
	for (let length = path.length; length > 0; length -= 1) {
		const holder = follow(root, path.slice(0, length - 1));
		const name = path[length - 1];
		if (!isJsonObject(holder) || name === undefined) continue;
		if (Object.hasOwn(holder, name)) {
			delete holder[name];
			return path.slice(0, length);
		}
		// Absent although required at the top level: the lenient schema does without it.
		if (length === 1) return path.slice(0, 1);
	}
	return undefined;
}

function poison(root: object, path: JsonPath): void {
	const holder = follow(root, path.slice(0, -1));
	const name = path.at(-1);
	if (typeof holder !== 'object' || holder === null || name === undefined) return;
	Object.defineProperty(holder, name, {
		enumerable: true,
		configurable: true,
		get() {
			throw new Unreadable();
		},
	});
}

function follow(root: unknown, path: JsonPath): unknown {
	let value = root;
	for (const part of path) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
		value = Object.getOwnPropertyDescriptor(value, part)?.value;
	}
	return value;
}
