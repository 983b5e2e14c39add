// Tests with the container engines that Debian packages, on stages of their own: `node scripts/clients.mjs [--archive NAME ...]
// [--write] [client[/test] ...] [-- arguments for Jest]`. Ends with a table of what each engine could do with tsrun and with runc;
// --write makes docs/clients/RESULTS.md of the latest whole run of every client.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './build/paths.mjs';
import { archives } from './clients/archives.mjs';
import { packImage } from './clients/image.mjs';
import { lackingForStage } from './clients/lacking.mjs';
import { keepLatest, readLatest } from './clients/latest.mjs';
import { optionsOf } from './clients/options.mjs';
import { unpackPackages, versionsOf } from './clients/packages.mjs';
import { writeResults } from './clients/results.mjs';
import { runOnStage } from './clients/run.mjs';
import { printTable, rowsOf } from './clients/table.mjs';
import { installProgram } from './install/program.mjs';

const cache = inRoot('.cache/clients');
const known = {
	clients: readdirSync(inRoot('test/clients')).filter((name) => name !== 'harness'),
	archives: Object.keys(archives(cache)),
};
const options = optionsOf(process.argv.slice(2), known);

mkdirSync(cache, { recursive: true });
const lacking = lackingForStage();
if (lacking !== undefined) {
	for (const { client } of options.clients) console.log(`skipped: ${client}: ${lacking}`);
	console.log(`0 passed, 0 failed, ${options.clients.length} skipped`);
} else {
	const work = mkdtempSync(join(cache, 'work-'));
	// Containers with ids of others reach their files through it.
	chmodSync(work, 0o755);
	try {
		process.exitCode = runAll(work) ? 0 : 1;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function runAll(work) {
	const image = packImage(work);
	// What runs is an installation, in the place that docs/clients names; nobody's build changes it meanwhile.
	const installed = join(work, 'installed');
	installProgram(installed);
	const [results, columns, skipped] = [[], [], []];
	for (const name of options.archives) {
		const prepared = prepare(name);
		if (prepared.lacking !== undefined) {
			skipped.push(`packages of ${name}: ${prepared.lacking}`);
			continue;
		}
		const { archive, packages } = prepared;
		const column = { archive: name, title: archive.title, versions: versionsOf(packages, archive.packages) };
		columns.push(column);
		for (const choice of options.clients) {
			const { jestArguments } = options;
			const result = runOnStage({ ...choice, archive, packages, installed, work, image, jestArguments });
			results.push(result);
			const whole = choice.files === `${choice.client}/` && jestArguments.length === 0;
			if (whole) keepLatest(cache, column, result);
		}
	}
	if (options.write) writeResults(readLatest(cache));
	return printTable(rowsOf(results, columns), columns, results, skipped);
}

function prepare(name) {
	try {
		const archive = archives(cache)[name]();
		return { archive, packages: unpackPackages(archive, archive.packages, cache) };
	} catch (error) {
		// The status is that of apt-get, which has said why: no archive within reach. Anything else is a fault of ours.
		if (typeof error.status !== 'number') throw error;
		return { lacking: 'needs the Debian packages of the engines, which apt-get cannot get' };
	}
}
