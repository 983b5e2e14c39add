import { MAX_DEPTH } from './reader.js';
import { isJsonObject, type JsonValue } from './value.js';

/**
 * Removes every object member that is null, in place: Go's decoder, for which most config.json files are written, treats
 * null as absent, and containerd and Docker write null for empty lists.
 *
 * @returns how many members the objects had before, nulls included; undefined when the value is nested too deeply.
 */
export function dropNullMembers(value: JsonValue, depth = 0): number | undefined {
	if (typeof value !== 'object' || value === null) return 0;
	if (depth === MAX_DEPTH) return undefined;
	let count = 0;
	if (Array.isArray(value)) {
		for (const element of value) {
			if (typeof element !== 'object') continue;
			const inner = dropNullMembers(element, depth + 1);
			if (inner === undefined) return undefined;
			count += inner;
		}
		return count;
	}
	if (!isJsonObject(value)) return 0;
	for (const name of Object.keys(value)) {
		count += 1;
		const member = value[name];
		if (member === null) delete value[name];
		else if (typeof member === 'object') {
			const inner = dropNullMembers(member, depth + 1);
			if (inner === undefined) return undefined;
			count += inner;
		}
	}
	return count;
}
