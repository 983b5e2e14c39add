/** Path of a value below the root of a JSON document; array indices are numbers. */
export type JsonPath = readonly (string | number)[];

/** RFC 6901 pointer of a path; the whole document is the empty string. */
export function toPointer(path: JsonPath): string {
	return path.map((part) => `/${escapePart(String(part))}`).join('');
}

/** One member name or index in the spelling that a pointer has between its slashes. */
export function escapePart(part: string): string {
	return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The parts of a pointer, unescaped; indices stay text. */
export function pointerParts(pointer: string): string[] {
	if (pointer === '') return [];
	return pointer
		.slice(1)
		.split('/')
		.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
