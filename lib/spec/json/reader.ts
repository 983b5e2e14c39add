import type { JsonPath } from '../pointer.js';
import { fraction } from './fraction.js';
import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './value.js';

/**
 * The specification's own structures end at a depth of 8. The limit keeps everything that walks a document recursively
 * away from the end of the stack.
 */
export const MAX_DEPTH = 100;

/** Offsets of a member of an object. */
interface MemberPlace {
	readonly name: number;
	readonly value: number;
}

export interface DuplicateName {
	readonly path: JsonPath;
	readonly first: number;
	readonly second: number;
}

/** The text is not JSON from `offset` on. */
export class JsonSyntaxError extends Error {
	readonly offset: number;

	constructor(offset: number, message: string) {
		super(message);
		this.offset = offset;
	}
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const scalarStart = /[-0-9a-zA-Z]/;
const numberHere = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordHere = /[-+.\w]+/y;

/** Reads a JSON text without rounding any number, remembering the place of every value and every repeated name. */
export class JsonReader {
	readonly duplicates: DuplicateName[] = [];
	readonly #text: string;
	readonly #path: (string | number)[] = [];
	readonly #members = new Map<JsonObject, Map<string, MemberPlace>>();
	readonly #elements = new Map<JsonArray, number[]>();
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** @throws {JsonSyntaxError} when the text is anything but one JSON value, or is nested deeper than MAX_DEPTH. */
	read(): JsonValue {
		this.#space();
		const value = this.#value();
		this.#space();
		if (this.#at < this.#text.length) this.#fail('nothing may follow the end of the document');
		return value;
	}

	/** Offset of a member or element of a value that this reader made; undefined where there is none. */
	offsetIn(container: JsonValue | undefined, name: string): number | undefined {
		if (Array.isArray(container)) return this.#elements.get(container)?.[Number(name)];
		return isJsonObject(container) ? this.#members.get(container)?.get(name)?.value : undefined;
	}

	#fail(message: string, offset = this.#at): never {
		throw new JsonSyntaxError(offset, message);
	}

	#space(): void {
		for (;;) {
			const code = this.#text.charCodeAt(this.#at);
			if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
			this.#at += 1;
		}
	}

	/** Takes the character if it comes next. */
	#take(code: number): boolean {
		if (this.#text.charCodeAt(this.#at) !== code) return false;
		this.#at += 1;
		this.#space();
		return true;
	}

	#value(): JsonValue {
		switch (this.#text.charCodeAt(this.#at)) {
			case OPEN_BRACE:
				return this.#object();
			case OPEN_BRACKET:
				return this.#array();
			case QUOTE:
				return this.#string();
			default:
				return this.#scalar();
		}
	}

	#enter(): void {
		if (this.#path.length === MAX_DEPTH) this.#fail(`is nested more than ${MAX_DEPTH} levels deep`);
		this.#at += 1;
		this.#space();
	}

	#object(): JsonObject {
		// Without a prototype a member called __proto__ is a member like any other.
		const object: JsonObject = Object.create(null);
		const places = new Map<string, MemberPlace>();
		this.#members.set(object, places);
		this.#enter();
		if (this.#take(CLOSE_BRACE)) return object;
		do {
			const at = this.#at;
			if (this.#text.charCodeAt(at) !== QUOTE) this.#fail('a member name in double quotes is expected here');
			const name = this.#string();
			this.#path.push(name);
			const first = places.get(name);
			if (first !== undefined) this.duplicates.push({ path: [...this.#path], first: first.name, second: at });
			this.#space();
			if (!this.#take(COLON)) this.#fail('a colon is expected here');
			places.set(name, { name: at, value: this.#at });
			object[name] = this.#value();
			this.#path.pop();
			this.#space();
		} while (this.#take(COMMA));
		if (!this.#take(CLOSE_BRACE)) this.#fail('a comma or a closing brace is expected here');
		return object;
	}

	#array(): JsonArray {
		const array: JsonArray = [];
		const offsets: number[] = [];
		this.#elements.set(array, offsets);
		this.#enter();
		if (this.#take(CLOSE_BRACKET)) return array;
		do {
			this.#path.push(array.length);
			offsets.push(this.#at);
			array.push(this.#value());
			this.#path.pop();
			this.#space();
		} while (this.#take(COMMA));
		if (!this.#take(CLOSE_BRACKET)) this.#fail('a comma or a closing bracket is expected here');
		return array;
	}

	#string(): string {
		const start = this.#at;
		let end = this.#text.indexOf('"', start + 1);
		while (end !== -1 && this.#escaped(end)) end = this.#text.indexOf('"', end + 1);
		if (end === -1) this.#fail('a string is not closed', start);
		this.#at = end + 1;
		const raw = this.#text.slice(start + 1, end);
		// Nearly no string has an escape, and a control character is a fault that JSON.parse finds.
		if (!/[^\x20-\uffff]|\\/.test(raw)) return raw;
		try {
			return JSON.parse(`"${raw}"`) as string;
		} catch {
			return this.#fail('a string has a control character or an escape that JSON does not know', start);
		}
	}

	#escaped(quote: number): boolean {
		let before = quote - 1;
		while (this.#text.charCodeAt(before) === BACKSLASH) before -= 1;
		return (quote - before) % 2 === 0;
	}

	#scalar(): JsonValue {
		const start = this.#at;
		if (!scalarStart.test(this.#text.charAt(start))) this.#fail(expected(this.#text.charAt(start)));
		wordHere.lastIndex = start;
		const word = wordHere.exec(this.#text)?.[0] ?? '';
		this.#at = start + word.length;
		if (word === 'null') return null;
		if (word === 'true') return true;
		if (word === 'false') return false;
		numberHere.lastIndex = start;
		if (numberHere.exec(this.#text)?.[0] !== word) this.#fail('a value is expected here', start);
		if (/[.eE]/.test(word)) return fraction(word);
		const number = Number(word);
		// No field takes more than 20 digits, and to convert millions of them takes seconds: what is cut changes no verdict.
		return Number.isSafeInteger(number) ? number : BigInt(word.slice(0, 40));
	}
}

// Editors write one and do not show it (RFC 8259, section 8.1: it must not be added).
function expected(found: string): string {
	return found === '\uFEFF' ? 'a byte order mark stands here, and must not' : 'a value is expected here';
}
