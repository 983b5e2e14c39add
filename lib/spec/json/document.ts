import { ConfigError, type SourcePlace } from '../../errors/index.js';
import { pointerParts, toPointer } from '../pointer.js';
import { MAX_DEPTH, tooDeepAt } from './depth.js';
import { placeAt } from './line-column.js';
import { dropNullMembers } from './nulls.js';
import { syntaxMessage } from './syntax-message.js';
import { type JsonTree, readTree } from './tree.js';
import type { JsonArray, JsonObject, JsonValue } from './value.js';

/** A name that stands twice in one object. */
export interface Duplicate {
	readonly pointer: string;
	readonly first: SourcePlace;
	readonly offset: number;
}

/** A JSON text as exact values, with the way back from a value to its place in the text. */
export class JsonDocument {
	readonly text: string;
	readonly file: string;
	/** Members that are null are gone. */
	readonly value: JsonValue;
	#tree: JsonTree | undefined;

	private constructor(text: string, file: string, value: JsonValue, tree: JsonTree | undefined) {
		this.text = text;
		this.file = file;
		this.value = value;
		this.#tree = tree;
	}

	/**
	 * Reads a whole JSON text. JSON.parse does it where it is exact, which one look at the text without its strings tells.
	 *
	 * @throws {ConfigError} ERR_CONFIG_SYNTAX with line and column when the text is not JSON or is nested too deeply.
	 */
	static read(text: string, file: string): JsonDocument {
		let value: JsonValue;
		try {
			value = JSON.parse(text) as JsonValue;
		} catch {
			// The engines' own messages differ and most have no place; the exact reader words the fault.
			throw syntaxError(text, file);
		}
		const skeleton = withoutStrings(text);
		const exact = !/\d{16}|\d[.eE]/.test(skeleton);
		if (exact) {
			const names = dropNullMembers(value);
			if (names === undefined) throw syntaxError(text, file);
			if (names === count(skeleton, ':')) return new JsonDocument(text, file, value, undefined);
		}
		if (tooDeepAt(text) !== undefined) throw syntaxError(text, file);
		const tree = readTree(text);
		if (tree.value === undefined || tree.syntaxFault !== undefined) throw syntaxError(text, file);
		dropNullMembers(tree.value);
		return new JsonDocument(text, file, tree.value, tree);
	}

	/** Names that stand twice in one object, in file order. */
	get duplicates(): readonly Duplicate[] {
		// A document that JSON.parse read alone has been counted to have none.
		const tree = this.#tree;
		if (tree === undefined || tree.duplicates.length === 0) return [];
		return tree.duplicates.map(({ path, first, second }) => ({
			pointer: toPointer(path),
			first: placeAt(this.text, first, this.file),
			offset: second,
		}));
	}

	/** Offset of the value at a pointer; of the nearest enclosing value where there is none. */
	offsetOf(pointer: string): number {
		this.#tree ??= readTree(this.text);
		const tree = this.#tree;
		let offset = tree.offset;
		let value = tree.value;
		for (const part of pointerParts(pointer)) {
			if (typeof value !== 'object' || value === null) break;
			const container = value as JsonArray | JsonObject;
			const place = tree.members.get(container)?.get(part);
			if (place === undefined) break;
			offset = place.value;
			value = Array.isArray(container) ? container[Number(part)] : container[part];
		}
		return offset;
	}

	placeAt(offset: number): SourcePlace {
		return placeAt(this.text, offset, this.file);
	}
}

function withoutStrings(text: string): string {
	return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '');
}

function count(text: string, character: string): number {
	return text.split(character).length - 1;
}

function syntaxError(text: string, file: string): ConfigError {
	const deep = tooDeepAt(text);
	if (deep !== undefined) {
		const message = `is nested more than ${MAX_DEPTH} levels deep`;
		return new ConfigError('ERR_CONFIG_SYNTAX', file, [{ pointer: '', where: placeAt(text, deep, file), message }]);
	}
	const fault = readTree(text).syntaxFault;
	const where = placeAt(text, Math.min(fault?.offset ?? 0, text.length), file);
	return new ConfigError('ERR_CONFIG_SYNTAX', file, [{ pointer: '', where, message: syntaxMessage(fault?.code) }]);
}
