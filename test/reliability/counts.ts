import { readFileSync, writeFileSync } from 'node:fs';
import { cgroupView } from '../harness/requirement.js';
import { all } from './sample.js';

const page = new URL('../../docs/reliability.md', import.meta.url);
const [begin, end] = ['<!-- counts -->\n', '<!-- end of counts -->'];
const view = { cgroup1: 'v1 or hybrid', cgroup2: 'cgroup2' };

/** Prints what was counted, and with UPDATE_DOCS=1 keeps it in docs/reliability.md. */
export function tell(what: string, tried: number, outcome: string): void {
	const title = [what, view[cgroupView()], all ? 'all' : 'sample'];
	const row = `| ${[...title, tried, outcome].join(' | ')} |`;
	process.stderr.write(`${row}\n`);
	if (process.env['UPDATE_DOCS'] !== '1') return;
	const text = readFileSync(page, 'utf8');
	const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
	const [head = '', line = '', ...rows] = text.slice(from, to).trimEnd().split('\n');
	const beginning = `| ${title.slice(0, 2).join(' | ')} |`;
	// The fewer calls of a later run do not tell against all of an earlier one.
	if (!all && rows.some((row) => row.startsWith(`${beginning} all |`))) return;
	const others = rows.filter((other) => !other.startsWith(beginning));
	const table = [head, line, ...[...others, row].sort()].join('\n');
	writeFileSync(page, `${text.slice(0, from)}${table}\n${text.slice(to)}`);
}
