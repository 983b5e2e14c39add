import { readFileSync, writeFileSync } from 'node:fs';
import { inRoot } from '../build/paths.mjs';
import { head, rowOf } from './row.mjs';

const [begin, end] = ['<!-- soak -->\n', '<!-- end of soak -->'];

/** Puts these rows into the table of docs/reliability.md, in the place of those of the same kind. */
export function keepFigures(results) {
	const page = inRoot('docs/reliability.md');
	const text = readFileSync(page, 'utf8');
	const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
	const cells = (row) => row.split('|').length;
	const lines = text.slice(from, to).trimEnd().split('\n').slice(head.length);
	// Rows of an earlier table do not fit this one.
	const kept = lines.filter((row) => cells(row) === cells(head[0]));
	const fresh = results.map(rowOf);
	const kind = (row) => row.split(' | ').slice(0, 2).join(' | ');
	const others = kept.filter((row) => !fresh.some((one) => kind(one) === kind(row)));
	writeFileSync(
		page,
		`${text.slice(0, from)}${[...head, ...[...others, ...fresh].sort()].join('\n')}\n${text.slice(to)}`,
	);
}
