/** A JSON number with a fraction or an exponent, kept as written: no member of the specification takes one. */
export class Fraction {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}
