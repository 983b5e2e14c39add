import { errnoText } from './errno.js';
import { escapeControls, escapeLine } from './escape.js';
import { ConfigError, type SourcePlace, TsrunError } from './tsrun-error.js';

/** How an error is shown. */
export interface RenderOptions {
	/** Whether the output is a terminal that shows colours. Default false. */
	readonly color?: boolean;
	/** Adds code, container, causes and the stack. Default false. */
	readonly verbose?: boolean;
	/** The text of the file the error's places are in; shows the line with a caret. */
	readonly source?: string;
}

/**
 * An error for a person at a terminal: the message, where in config.json, what was being done, what the kernel said,
 * what to do. Several lines, without a newline at the end.
 */
export function renderError(error: unknown, options: RenderOptions = {}): string {
	if (!(error instanceof TsrunError)) return plain(error, options);
	const lines = error instanceof ConfigError ? faultLines(error, options) : messageLines(error, options);
	const label = (name: string, text: string | undefined): void => {
		if (text !== undefined && text !== '') lines.push(`  ${dim(`${name}:`.padEnd(6), options)} ${indented(text)}`);
	};
	label('step', error.step);
	label('call', callWords(error));
	// Most messages name the path already.
	if (error.path !== undefined && !error.message.includes(error.path)) label('path', error.path);
	label('hint', error.hint);
	for (const one of error.also) label('also', one.message);
	if (options.verbose) {
		label('code', error.code);
		label('id', error.containerId);
		for (const cause of causesOf(error)) label('cause', cause);
		label('stack', error.stack);
	}
	return lines.join('\n');
}

/**
 * An error for a log and for the engines that read it: one line that begins with the message, whose phrases they search
 * for ("container does not exist", "executable file not found in $PATH"), and ends with the hint.
 */
export function oneLine(error: unknown): string {
	if (!(error instanceof TsrunError)) return escapeLine(messageOf(error));
	const parts = [error.message.split('\n').join('; ')];
	if (!(error instanceof ConfigError)) {
		const place = placeWords(error.where, error.pointer);
		if (place !== '') parts.push(` (${place})`);
	}
	for (const one of error.also) parts.push(`; also: ${one.message}`);
	if (error.hint !== undefined) parts.push(` (${error.hint})`);
	return escapeLine(parts.join(''));
}

function messageLines(error: TsrunError, options: RenderOptions): string[] {
	const lines = [bold(indented(error.message), options)];
	const place = placeWords(error.where, error.pointer);
	if (place !== '') lines.push(`  ${dim('at:   ', options)} ${escapeLine(place)}`);
	return [...lines, ...frame(error.where, options)];
}

function faultLines(error: ConfigError, options: RenderOptions): string[] {
	const [only, ...others] = error.faults;
	if (only !== undefined && others.length === 0) {
		const file = only.where === undefined ? `${escapeLine(error.path ?? 'config.json')}: ` : '';
		const place = escapeLine(placeWords(only.where, only.pointer));
		const announced = `${file}${place === '' ? '' : `${place}: `}`;
		return [bold(`${announced}${indented(only.message)}`, options), ...frame(only.where, options)];
	}
	const lines = [bold(`${escapeLine(error.path ?? 'config.json')}: ${error.faults.length} faults`, options)];
	for (const [index, { where, pointer, message, hint }] of error.faults.entries()) {
		const place = escapeLine(placeWords(where, pointer));
		lines.push(`  ${place === '' ? '' : `${dim(place, options)}: `}${indented(message)}`);
		lines.push(...frame(where, options));
		// That of the first one is the error's own.
		if (index > 0 && hint !== undefined) lines.push(`  ${dim('hint: ', options)} ${indented(hint)}`);
	}
	return lines;
}

function placeWords(where: SourcePlace | undefined, pointer: string | undefined): string {
	const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}`;
	if (pointer === undefined || pointer === '') return place;
	return place === '' ? pointer : `${place}: ${pointer}`;
}

/** Config files may be one line of a megabyte: what is shown is cut to this around the caret. */
const frameWidth = 100;

function frame(where: SourcePlace | undefined, options: RenderOptions): string[] {
	const line = where === undefined ? undefined : options.source?.split('\n', where.line)[where.line - 1];
	if (where === undefined || line === undefined) return [];
	const column = Math.min(where.column - 1, line.length);
	const start = Math.max(0, column - frameWidth / 2);
	// A tab, escaped, would be as wide as its escape; the caret has to stand below the same place.
	const shown = (text: string): string => escapeLine(text.replaceAll('\t', '  ').replaceAll('\r', ''));
	const before = `${start > 0 ? '...' : ''}${shown(line.slice(start, column))}`;
	const after = `${shown(line.slice(column, start + frameWidth))}${line.length > start + frameWidth ? '...' : ''}`;
	const gutter = String(where.line);
	const margin = ' '.repeat(gutter.length);
	return [
		dim(`  ${gutter} | ${before}${after}`, options),
		`  ${margin} ${dim('|', options)} ${' '.repeat(before.length)}${red('^', options)}`,
	];
}

function callWords({ syscall, errno }: TsrunError): string | undefined {
	if (syscall === undefined) return undefined;
	return errno === undefined ? syscall : `${syscall}: ${errno} (${errnoText(errno)})`;
}

function* causesOf(error: Error): Generator<string> {
	let cause = error.cause;
	for (let depth = 0; cause !== undefined && depth < 10; depth += 1) {
		yield messageOf(cause);
		cause = cause instanceof Error ? cause.cause : undefined;
	}
}

function plain(error: unknown, { verbose }: RenderOptions): string {
	const stack = error instanceof Error ? error.stack : undefined;
	return indented(verbose && stack !== undefined ? stack : messageOf(error));
}

function messageOf(error: unknown): string {
	const message = (error as Partial<Error> | null | undefined)?.message;
	return typeof message === 'string' && message !== '' ? message : String(error);
}

/** Lines after the first stand below its text. */
function indented(text: string): string {
	return escapeControls(text).replaceAll('\n', '\n         ');
}

const paint =
	(on: number, off: number) =>
	(text: string, { color }: RenderOptions): string =>
		color ? `\x1b[${on}m${text}\x1b[${off}m` : text;
const bold = paint(1, 22);
const dim = paint(2, 22);
const red = paint(31, 39);
