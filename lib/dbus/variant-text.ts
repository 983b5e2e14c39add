import { TsrunError } from '../errors/index.js';
import type { DBusValue, DBusVariant } from './value.js';

/**
 * Reads a value in GVariant's text format: `true`, `-5`, `uint64 10`, `'text'`, `['a', 'b']`, `(1, true)`,
 * `<'boxed'>`, `@as []`. Integers without a type are int32, and numbers with a point double. Maybe types,
 * bytestrings and dictionaries, which no property of a unit has, are not read.
 *
 * @throws TsrunError ERR_DBUS
 */
export function parseVariantText(text: string): DBusVariant {
	const parser = new Parser(text);
	const value = parser.value(undefined);
	parser.end();
	return value;
}

const keywords: Readonly<Record<string, string>> = {
	boolean: 'b',
	byte: 'y',
	int16: 'n',
	uint16: 'q',
	int32: 'i',
	uint32: 'u',
	int64: 'x',
	uint64: 't',
	double: 'd',
	string: 's',
	objectpath: 'o',
	signature: 'g',
};

const typeName = /(boolean|byte|u?int(?:16|32|64)|double|string|objectpath|signature)\s+/y;
const codePoint = /u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const integerTypes: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
	y: [0n, 0xffn],
	n: [-0x8000n, 0x7fffn],
	q: [0n, 0xffffn],
	i: [-0x8000_0000n, 0x7fff_ffffn],
	u: [0n, 0xffff_ffffn],
	x: [-(2n ** 63n), 2n ** 63n - 1n],
	t: [0n, 2n ** 64n - 1n],
};

class Parser {
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	/** @param wanted the signature that was announced in front of the value */
	value(wanted: string | undefined): DBusVariant {
		const annotation = this.#match(/@([a-z(){}]+)\s+/y)?.[1];
		if (annotation !== undefined) return this.#expect(annotation, this.value(annotation));
		const keyword = keywords[this.#match(typeName)?.[1] ?? ''];
		if (keyword !== undefined) return this.#expect(keyword, this.value(keyword));
		const word = this.#match(/true\b|false\b/y)?.[0];
		if (word !== undefined) return this.#expect(wanted ?? 'b', { signature: 'b', value: word === 'true' });
		const number = this.#match(/[+-]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|inf\b)/y)?.[0];
		if (number !== undefined) return this.#number(number, wanted);
		const quote = this.#match(/['"]/y)?.[0];
		if (quote !== undefined) return this.#string(quote, wanted);
		if (this.#skip('[')) return this.#array(wanted);
		if (this.#skip('(')) return this.#tuple(wanted);
		if (this.#skip('<')) {
			const boxed = this.value(undefined);
			if (!this.#skip('>')) throw this.#wrong();
			return this.#expect(wanted ?? 'v', { signature: 'v', value: boxed });
		}
		throw this.#wrong();
	}

	end(): void {
		this.#match(/\s*/y);
		if (this.#at < this.#text.length) throw this.#wrong();
	}

	#number(text: string, wanted: string | undefined): DBusVariant {
		const isInteger = /^[+-]?(?:0x[0-9a-fA-F]+|\d+)$/.test(text);
		const signature = wanted ?? (isInteger ? 'i' : 'd');
		if (signature === 'd') return { signature, value: text.includes('inf') ? Number.POSITIVE_INFINITY : Number(text) };
		const [least, most] = integerTypes[signature] ?? [];
		if (!isInteger || least === undefined || most === undefined) throw this.#wrong();
		const magnitude = BigInt(text.replace(/^[+-]/, ''));
		const number = text.startsWith('-') ? -magnitude : magnitude;
		if (number < least || number > most) throw refused(`${text} does not fit the type ${signature}`);
		return { signature, value: signature === 'x' || signature === 't' ? number : Number(number) };
	}

	#string(quote: string, wanted: string | undefined): DBusVariant {
		let value = '';
		for (;;) {
			const char = this.#text[this.#at++];
			if (char === undefined) throw this.#wrong();
			if (char === quote) break;
			if (char !== '\\') value += char;
			else value += this.#escape();
		}
		const signature = wanted ?? 's';
		if (!'sog'.includes(signature)) throw this.#wrong();
		return { signature, value };
	}

	#escape(): string {
		codePoint.lastIndex = this.#at;
		const code = codePoint.exec(this.#text);
		if (code !== null) {
			this.#at = codePoint.lastIndex;
			const point = Number.parseInt(code[1] ?? code[2] ?? '0', 16);
			if (point > 0x10ffff) throw this.#wrong();
			return String.fromCodePoint(point);
		}
		const char = this.#text[this.#at++];
		if (char === undefined) throw this.#wrong();
		return escapes[char] ?? char;
	}

	#array(wanted: string | undefined): DBusVariant {
		let element = wanted?.startsWith('a') ? wanted.slice(1) : undefined;
		const values: DBusValue[] = [];
		while (!this.#skip(']')) {
			if (values.length > 0 && !this.#skip(',')) throw this.#wrong();
			const { signature, value } = this.value(element);
			element ??= signature;
			if (signature !== element) throw this.#wrong();
			values.push(value);
		}
		if (element === undefined) throw refused('an empty array needs its type in front of it: @as []');
		return this.#expect(wanted ?? `a${element}`, { signature: `a${element}`, value: values });
	}

	#tuple(wanted: string | undefined): DBusVariant {
		const members: DBusVariant[] = [];
		while (!this.#skip(')')) {
			if (members.length > 0 && !this.#skip(',')) throw this.#wrong();
			if (members.length > 0 && this.#skip(')')) break;
			members.push(this.value(undefined));
		}
		const signature = `(${members.map((member) => member.signature).join('')})`;
		return this.#expect(wanted ?? signature, { signature, value: members.map(({ value }) => value) });
	}

	#expect(signature: string, found: DBusVariant): DBusVariant {
		if (found.signature !== signature) throw refused(`a value of the type ${found.signature} is not ${signature}`);
		return found;
	}

	#skip(char: string): boolean {
		this.#match(/\s*/y);
		if (this.#text[this.#at] !== char) return false;
		this.#at++;
		return true;
	}

	/** Skips white space in front of what is looked for. */
	#match(pattern: RegExp): RegExpExecArray | null {
		const blank = /\s*/y;
		blank.lastIndex = this.#at;
		blank.exec(this.#text);
		pattern.lastIndex = blank.lastIndex;
		const match = pattern.exec(this.#text);
		if (match !== null) this.#at = pattern.lastIndex;
		return match;
	}

	#wrong(): never {
		throw refused(`${JSON.stringify(this.#text)} is no value in GVariant's text format (at character ${this.#at + 1})`);
	}
}

function refused(message: string): TsrunError {
	return new TsrunError('ERR_DBUS', message);
}
