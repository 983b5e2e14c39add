import { writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { inRoot } from '../build/paths.mjs';
import { headsOf } from './table.mjs';

const engines = /^(buildah|conmon|containerd|criu|docker|podman|runc)/;

/** Writes the page with the table of a run. */
export function writeResults(rows, columns) {
	const day = new Date().toISOString().slice(0, 10);
	const lines = [
		'# Results of the clients',
		'',
		'What each client could do with tsrun and with runc in one and the same run; written by `npm run test:clients -- --write`.',
		'A scenario is a test of that name in test/clients; `skipped` has its reason below the table.',
		'',
		`${day}, Linux ${release()}, with these packages:`,
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
