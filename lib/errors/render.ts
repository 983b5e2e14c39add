import { TsrunError } from './tsrun-error.js';

/** An error on one line, for logs. */
export function oneLine(error: unknown): string {
	return (error instanceof Error ? error.message : String(error)).replaceAll('\n', '; ');
}

/** An error for a terminal. */
export function renderError(error: unknown, _options: { color?: boolean; verbose?: boolean } = {}): string {
	const hint = error instanceof TsrunError && error.hint !== undefined ? `\nhint: ${error.hint}` : '';
	return (error instanceof Error ? error.message : String(error)) + hint;
}
