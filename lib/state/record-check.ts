/** What is wrong with a value at a path of members, or undefined when nothing is. */
export type Check = (value: unknown, at: string) => string | undefined;

/*
 * Every verb reads a record, and most do little else. A schema library costs such a verb 2 ms for its own start, which
 * is as much as all the rest that it does; what a file of our own can have wrong is told by these few functions.
 */

const expected = (what: string, ok: (value: unknown) => boolean): Check => {
	return (value, at) => (ok(value) ? undefined : `${at}: ${what} is expected`);
};

export const text = expected('text', (value) => typeof value === 'string' && value !== '');
export const anyText = expected('text', (value) => typeof value === 'string');
export const absolutePath = expected('an absolute path', (value) => typeof value === 'string' && value.startsWith('/'));
export const decimal = expected('digits', (value) => typeof value === 'string' && /^\d+$/.test(value));
export const count = expected('a whole number', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
export const flag = expected('true or false', (value) => typeof value === 'boolean');

export const oneOf = (...words: readonly string[]): Check =>
	expected(`one of ${words.join(', ')}`, (value) => words.includes(value as string));

export const optional =
	(check: Check): Check =>
	(value, at) =>
		value === undefined ? undefined : check(value, at);

export const nullable =
	(check: Check): Check =>
	(value, at) =>
		value === null ? undefined : check(value, at);

export const list =
	(check: Check): Check =>
	(value, at) =>
		Array.isArray(value)
			? first(
					value.map((item, index) => [item, `${at}.${index}`] as const),
					check,
				)
			: `${at}: a list is expected`;

export const map =
	(check: Check): Check =>
	(value, at) =>
		isObject(value)
			? first(
					Object.entries(value).map(([name, item]) => [item, `${at}.${name}`] as const),
					check,
				)
			: `${at}: an object is expected`;

/** An object with these members; others may stand beside them. */
export const members =
	(checks: Readonly<Record<string, Check>>): Check =>
	(value, at) => {
		if (!isObject(value)) return `${at}: an object is expected`;
		for (const name in checks) {
			const fault = checks[name]?.(value[name], at === '' ? name : `${at}.${name}`);
			if (fault !== undefined) return fault;
		}
		return undefined;
	};

function first(items: readonly (readonly [unknown, string])[], check: Check): string | undefined {
	for (const [item, at] of items) {
		const fault = check(item, at);
		if (fault !== undefined) return fault;
	}
	return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
