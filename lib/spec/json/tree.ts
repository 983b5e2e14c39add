import { visit } from 'jsonc-parser';
import type { JsonPath } from '../pointer.js';
import { Fraction } from './fraction.js';
import type { JsonArray, JsonObject, JsonValue } from './value.js';

/** Where one member of an object, or one element of an array, stands in the text. */
export interface MemberPlace {
	/** Offset of the member's name; of an element it is the value's. */
	readonly name: number;
	readonly value: number;
}

export interface DuplicateName {
	readonly path: JsonPath;
	readonly first: number;
	readonly second: number;
}

export interface SyntaxFault {
	readonly offset: number;
	/** One of jsonc-parser's ParseErrorCode. */
	readonly code: number;
}

/** Everything that a slow but exact reading of a JSON text tells. */
export interface JsonTree {
	readonly value: JsonValue | undefined;
	readonly offset: number;
	/** Of a name that stands twice in one object the last place counts, as in JSON.parse. */
	readonly members: ReadonlyMap<JsonArray | JsonObject, ReadonlyMap<string, MemberPlace>>;
	readonly duplicates: readonly DuplicateName[];
	readonly syntaxFault: SyntaxFault | undefined;
}

interface Level {
	readonly container: JsonArray | JsonObject;
	readonly places: Map<string, MemberPlace>;
	/** The member that the next value belongs to. */
	name: string;
	nameOffset: number;
}

/**
 * Reads a JSON text without rounding any number and with the place of every value.
 * Recursive: the text must have passed {@link tooDeepAt}. Never throws; see `syntaxFault`.
 */
export function readTree(text: string): JsonTree {
	const members = new Map<JsonArray | JsonObject, Map<string, MemberPlace>>();
	const duplicates: DuplicateName[] = [];
	const levels: Level[] = [];
	let root: { value: JsonValue; offset: number } | undefined;
	let syntaxFault: SyntaxFault | undefined;

	function add(value: JsonValue, offset: number): void {
		const level = levels.at(-1);
		if (level === undefined) root ??= { value, offset };
		else if (Array.isArray(level.container)) {
			level.places.set(String(level.container.length), { name: offset, value: offset });
			level.container.push(value);
		} else {
			level.places.set(level.name, { name: level.nameOffset, value: offset });
			level.container[level.name] = value;
		}
	}

	function open(container: JsonArray | JsonObject, offset: number): void {
		add(container, offset);
		const places = new Map<string, MemberPlace>();
		members.set(container, places);
		levels.push({ container, places, name: '', nameOffset: offset });
	}

	visit(
		text,
		{
			// Without a prototype a member called __proto__ is a member like any other.
			onObjectBegin: (offset) => open(Object.create(null) as JsonObject, offset),
			onArrayBegin: (offset) => open([], offset),
			onObjectEnd: () => void levels.pop(),
			onArrayEnd: () => void levels.pop(),
			onObjectProperty: (name, offset, _length, _line, _column, pathOfObject) => {
				const level = levels.at(-1);
				if (level === undefined || Array.isArray(level.container)) return;
				const first = level.places.get(name)?.name;
				if (first !== undefined) duplicates.push({ path: [...pathOfObject(), name], first, second: offset });
				level.name = name;
				level.nameOffset = offset;
			},
			onLiteralValue: (value: unknown, offset, length) => {
				add(typeof value === 'number' ? exactNumber(text.slice(offset, offset + length)) : literal(value), offset);
			},
			onError: (code, offset) => {
				syntaxFault ??= { code, offset };
			},
		},
		{ disallowComments: true, allowTrailingComma: false },
	);
	return { value: root?.value, offset: root?.offset ?? 0, members, duplicates, syntaxFault };
}

function literal(value: unknown): null | boolean | string {
	return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function exactNumber(written: string): number | bigint | Fraction {
	if (/[.eE]/.test(written)) return new Fraction(written);
	const number = Number(written);
	return Number.isSafeInteger(number) ? number : BigInt(written);
}
