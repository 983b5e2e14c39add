// Indexed by jsonc-parser's ParseErrorCode, a const enum that isolatedModules cannot read.
const messages: readonly string[] = [
	'is not JSON',
	'a value is expected here, found something that is not JSON',
	'a number is malformed',
	'a member name in double quotes is expected here',
	'a value is expected here',
	'a colon is expected here',
	'a comma is expected here',
	'a closing brace is expected here',
	'a closing bracket is expected here',
	'nothing may follow the end of the document',
	'comments are not part of JSON',
	'comments are not part of JSON',
	'a string is not closed',
	'a number is not finished',
	'a \\u escape needs four hexadecimal digits',
	'a backslash is followed by a character that JSON does not escape',
	'a control character has to be written as an escape',
];

/** The sentence for a syntax fault; `code` is jsonc-parser's ParseErrorCode, undefined where only JSON.parse refused. */
export function syntaxMessage(code: number | undefined): string {
	return messages[code ?? 0] ?? 'is not JSON';
}
