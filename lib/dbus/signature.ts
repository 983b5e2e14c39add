import { malformed } from './malformed.js';

/** One complete type of a D-Bus signature. */
export interface DBusType {
	/** `a` of an array, `(` of a structure, `{` of an entry of a dictionary, else the letter of a basic type or `v`. */
	readonly code: string;
	/** Element of an array, members of a structure or an entry. */
	readonly inner: readonly DBusType[];
}

/** D-Bus Specification, "Valid Signatures". */
const longest = 255;
const deepest = 32;

const basic = 'ybnqiuxtdsogh';

/**
 * The types of a signature, in order.
 *
 * @throws TsrunError ERR_DBUS
 */
export function parseSignature(signature: string): DBusType[] {
	if (signature.length > longest) throw malformed('a signature is too long');
	const types: DBusType[] = [];
	for (let at = 0; at < signature.length; ) {
		const [type, next] = parseType(signature, at, 0);
		types.push(type);
		at = next;
	}
	return types;
}

/** How many bytes a value is aligned to. */
export function alignmentOf({ code }: DBusType): number {
	if ('xtd({'.includes(code)) return 8;
	if ('buiaosh'.includes(code)) return 4;
	return 'nq'.includes(code) ? 2 : 1;
}

function parseType(signature: string, at: number, depth: number): [type: DBusType, next: number] {
	const code = signature[at];
	if (code === undefined || depth > deepest)
		throw malformed(`the signature ${JSON.stringify(signature)} cannot be read`);
	if (code === 'v' || basic.includes(code)) return [{ code, inner: [] }, at + 1];
	if (code === 'a') {
		const [element, next] = parseType(signature, at + 1, depth + 1);
		return [{ code, inner: [element] }, next];
	}
	const close = { '(': ')', '{': '}' }[code];
	if (close === undefined) throw malformed(`the signature ${JSON.stringify(signature)} has an unknown type ${code}`);
	const inner: DBusType[] = [];
	let next = at + 1;
	while (signature[next] !== close) {
		const [member, after] = parseType(signature, next, depth + 1);
		inner.push(member);
		next = after;
	}
	if (inner.length === 0 || (code === '{' && inner.length !== 2)) {
		throw malformed(`the signature ${JSON.stringify(signature)} has ${code} without members`);
	}
	return [{ code, inner }, next + 1];
}
