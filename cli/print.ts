import type { ContainerState } from '../lib/index.js';

/** The members of `state` and `list --format json`, in runc's order; callers in the wild compare texts. */
export function stateDocument(state: ContainerState): Record<string, unknown> {
	const { ociVersion, id, pid, status, bundle, rootfs, created, annotations, owner } = state;
	const annotated = annotations !== undefined && Object.keys(annotations).length > 0;
	return { ociVersion, id, pid, status, bundle, rootfs, created, ...(annotated ? { annotations } : {}), owner };
}

// runc's table: a cell is at least 12 wide, 3 spaces part the columns.
const leastWidth = 12;
const gap = 3;

/** Rows as columns of equal width; control characters of a cell are written as \xNN, so that no name can act on a terminal. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
	const cells = [header, ...rows].map((row) => row.map(visible));
	const widths = header.map((_, column) =>
		Math.max(leastWidth, ...cells.map((row) => (row[column] ?? '').length + gap)),
	);
	return cells.map((row) => `${row.map((cell, column) => pad(cell, column, row, widths)).join('')}\n`).join('');
}

function pad(cell: string, column: number, row: readonly string[], widths: readonly number[]): string {
	return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
}

function visible(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
	return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
