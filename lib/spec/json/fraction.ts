/**
 * A JSON number with a fraction or an exponent, kept as written: no member of the specification takes one. It is a symbol
 * because that is the one kind of value that no JSON text gives and no schema takes for a number, a string or an object.
 */
export type Fraction = symbol;

export function fraction(text: string): Fraction {
	return Symbol(text);
}

export function isFraction(value: unknown): value is Fraction {
	return typeof value === 'symbol';
}

/** The number as it stands in the file. */
export function fractionText(value: Fraction): string {
	return value.description ?? '';
}
