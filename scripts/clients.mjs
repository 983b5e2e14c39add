// Tests with the container engines that Debian packages, on a stage of their own: `node scripts/clients.mjs [client ...] [-- arguments
// for Jest]`. Ends with a table of what each engine could do with tsrun and with runc.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './build/paths.mjs';
import { packImage } from './clients/image.mjs';
import { lackingForStage } from './clients/lacking.mjs';
import { unpackPackages } from './clients/packages.mjs';
import { runOnStage } from './clients/run.mjs';
import { printTable } from './clients/table.mjs';

const words = process.argv.slice(2);
const split = words.includes('--') ? words.indexOf('--') : words.length;
const known = readdirSync(inRoot('test/clients')).filter((name) => name !== 'harness');
const wanted = words.slice(0, split);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
	console.error(`clients: no client called ${unknown.join(', ')}; there are ${known.join(', ')}`);
	process.exit(2);
}
const clients = known.filter((name) => wanted.length === 0 || wanted.includes(name));

const cache = inRoot('.cache/clients');
mkdirSync(cache, { recursive: true });
const { packages, lacking } = preparePackages();
if (lacking !== undefined) {
	for (const client of clients) console.log(`skipped: ${client}: ${lacking}`);
	console.log(`0 passed, 0 failed, ${clients.length} skipped`);
} else {
	const work = mkdtempSync(join(cache, 'work-'));
	try {
		const image = packImage(work);
		const results = clients.map((client) =>
			runOnStage({ client, packages, work, image, jestArguments: words.slice(split + 1) }),
		);
		process.exitCode = printTable(results) ? 0 : 1;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function preparePackages() {
	const lacking = lackingForStage();
	if (lacking !== undefined) return { lacking };
	try {
		return { packages: unpackPackages(cache) };
	} catch (error) {
		// The status is that of apt-get, which has said why: no archive within reach. Anything else is a fault of ours.
		if (typeof error.status !== 'number') throw error;
		return { lacking: 'needs the Debian packages of the engines, which apt-get cannot get' };
	}
}
