import { ConfigError, type SourcePlace } from '../../errors/index.js';
import { pointerParts, toPointer } from '../pointer.js';
import { placeAt } from './line-column.js';
import { dropNullMembers } from './nulls.js';
import { JsonReader, JsonSyntaxError } from './reader.js';
import { isJsonObject, type JsonValue } from './value.js';

/** A name that stands twice in one object. */
export interface Duplicate {
	readonly pointer: string;
	/** Offsets of the two names. */
	readonly first: number;
	readonly second: number;
}

// The engines match a string with many escapes recursively; a config of ordinary size has less than a tenth of this.
const MOST_FOR_PATTERN = 256 * 1024;

/** What the slow reader has made of a text, and the reader, which remembers the places. */
interface Tree {
	readonly value: JsonValue;
	readonly reader: JsonReader;
}

/** A JSON text as exact values, with the way back from a value to its place in the text. */
export class JsonDocument {
	readonly text: string;
	readonly file: string;
	/** Members that are null are gone. */
	readonly value: JsonValue;
	#tree: Tree | undefined;

	private constructor(text: string, file: string, value: JsonValue, tree?: Tree) {
		this.text = text;
		this.file = file;
		this.value = value;
		this.#tree = tree;
	}

	/**
	 * Reads a whole JSON text.
	 *
	 * @throws {ConfigError} ERR_CONFIG_SYNTAX with line and column when the text is not JSON or is nested too deeply.
	 */
	static read(text: string, file: string): JsonDocument {
		const value = fastValue(text);
		if (value !== undefined) return new JsonDocument(text, file, value);
		const tree = readTree(text, file);
		dropNullMembers(tree.value);
		return new JsonDocument(text, file, tree.value, tree);
	}

	/** Names that stand twice in one object, in file order. */
	get duplicates(): readonly Duplicate[] {
		// A document without a tree is one that fastValue has found to have none.
		return (this.#tree?.reader.duplicates ?? []).map(({ path, first, second }) => ({
			pointer: toPointer(path),
			first,
			second,
		}));
	}

	/** Offset of the value at a pointer; of the nearest value around it where the text is silent. */
	offsetOf(pointer: string): number {
		this.#tree ??= readTree(this.text, this.file);
		const { reader } = this.#tree;
		let value: JsonValue | undefined = this.#tree.value;
		let offset = this.text.search(/\S/);
		for (const part of pointerParts(pointer)) {
			const inner = reader.offsetIn(value, part);
			if (inner === undefined) break;
			offset = inner;
			value = Array.isArray(value) ? value[Number(part)] : isJsonObject(value) ? value[part] : undefined;
		}
		return offset;
	}

	placeAt(offset: number): SourcePlace {
		return placeAt(this.text, offset, this.file);
	}
}

/**
 * What JSON.parse makes of a text, null members dropped; undefined where it cannot be trusted. Taking the strings out
 * leaves the bare structure, which shows whether a number would be rounded or was written as no integer is, and how many
 * member names there are: fewer in the value means that one stood twice and was overwritten.
 */
function fastValue(text: string): JsonValue | undefined {
	if (text.length > MOST_FOR_PATTERN) return undefined;
	let value: JsonValue;
	try {
		value = JSON.parse(text) as JsonValue;
	} catch {
		// The engines' messages differ and most know no place: the slow reader finds and words the fault.
		return undefined;
	}
	const structure = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '');
	if (/\d{16}|\d[.eE]/.test(structure)) return undefined;
	return dropNullMembers(value) === structure.split(':').length - 1 ? value : undefined;
}

function readTree(text: string, file: string): Tree {
	const reader = new JsonReader(text);
	try {
		return { value: reader.read(), reader };
	} catch (error) {
		if (!(error instanceof JsonSyntaxError)) throw error;
		const { message, offset } = error;
		throw new ConfigError('ERR_CONFIG_SYNTAX', file, [{ pointer: '', where: placeAt(text, offset, file), message }]);
	}
}
