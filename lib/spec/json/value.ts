import type { Fraction } from './fraction.js';

/** A JSON value with nothing rounded: integers beyond 2^53 are bigint, numbers with fraction or exponent are Fraction. */
export type JsonValue = null | boolean | number | bigint | string | Fraction | JsonArray | JsonObject;
export type JsonArray = JsonValue[];
export interface JsonObject {
	[name: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
