import { writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { inRoot } from '../build/paths.mjs';
import { headsOf, rowsOf } from './table.mjs';

const engines = /^(buildah|conmon|containerd|criu|docker|podman|runc)/;

/** Writes the page with the table of what readLatest answers. */
export function writeResults({ results, columns, days }) {
	const rows = rowsOf(results, columns);
	const lines = [
		'# Results of the clients',
		'',
		'What each client could do with tsrun and, in the same run, with runc; written by `npm run test:clients -- --write`. A scenario',
		'is a test of that name in test/clients; why one was skipped is said below the table.',
		'',
		`${[...new Set(days)].join(' to ')}, Linux ${release()}, with these packages:`,
		'',
		...columns.map(({ archive, title, versions }) => `- \`${archive}\`: ${title}: ${named(versions)}`),
		'',
		...table(['client', 'scenario', ...headsOf(columns)], rows.map(cells)),
		...reasons(rows),
	];
	writeFileSync(inRoot('docs/clients/RESULTS.md'), `${lines.join('\n')}\n`);
}

const named = (versions) =>
	versions
		.filter(([name]) => engines.test(name))
		.map((pair) => pair.join(' '))
		.join(', ');

const cells = ({ client, scenario, verdicts }) => [client, scenario, ...verdicts];

function table(head, rows) {
	const line = (words) => `| ${words.map((word) => word.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function reasons(rows) {
	const all = rows.flatMap(({ client, scenario, reasons }) => reasons.map((why) => `- ${client}: ${scenario}: ${why}`));
	return all.length === 0 ? [] : ['', 'Skipped:', '', ...all];
}
