import { fractionText, isFraction } from './json/fraction.js';

const LONGEST = 60;

/** A value of a config.json in the words of a fault sentence; long texts are cut, control characters escaped. */
export function showValue(value: unknown): string {
	if (value === undefined) return 'nothing';
	if (value === null) return 'null';
	if (isFraction(value)) return cut(fractionText(value));
	if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
	if (typeof value === 'object') return 'an object';
	if (typeof value === 'string') {
		const shown = JSON.stringify(value.length > LONGEST ? value.slice(0, LONGEST) : value);
		return value.length > LONGEST ? `${shown.slice(0, -1)}..."` : shown;
	}
	return cut(String(value));
}

function cut(text: string): string {
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
