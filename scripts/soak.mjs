// `npm run soak [-- --library N --cli N --view machine|cgroup2 --json --write]`: the same container made, run and deleted again and
// again, and what that leaves: nothing may be. Needs root. --write: the figures go to docs/reliability.md.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { inRoot } from './build/paths.mjs';
import { runByProgram } from './soak/by-program.mjs';
import { runInLibrary } from './soak/in-library.mjs';
import { judged } from './soak/judge.mjs';
import { keepFigures } from './soak/page.mjs';
import { placeOfState } from './soak/place.mjs';
import { rowOf } from './soak/row.mjs';
import { tracesOf } from './soak/traces.mjs';
import { viewsHere } from './test/views.mjs';

const { values: options } = parseArgs({
	options: {
		library: { type: 'string', default: '10000' },
		cli: { type: 'string', default: '2000' },
		view: { type: 'string' },
		json: { type: 'boolean', default: false },
		write: { type: 'boolean', default: false },
	},
});
const inside = process.env['TSRUN_SOAK_VIEW'];

if (process.getuid() !== 0) {
	console.error('soak: needs root, for containers with the default configuration');
	process.exitCode = 1;
} else if (options.view !== undefined && inside === undefined) {
	process.exitCode = inView(options.view);
} else {
	process.exitCode = (await soak()) ? 0 : 1;
}

/** Once more, in the view of the cgroups that was asked for. */
function inView(name) {
	const view = viewsHere().find((one) => one.name === name);
	if (view === undefined) throw new Error(`this machine cannot show its cgroups as ${name}`);
	const [command, ...args] = [
		...view.prefix,
		process.execPath,
		fileURLToPath(import.meta.url),
		...process.argv.slice(2),
	];
	const env = { ...process.env, TSRUN_SOAK_VIEW: view.title };
	return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;
}

async function soak() {
	const folder = mkdtempSync(join(tmpdir(), 'tsrun-soak-'));
	const word = `tsrun-soak-${process.pid}`;
	const stateRoot = mkdtempSync(join(placeOfState(), 'tsrun-soak-'));
	const traces = tracesOf(word, stateRoot);
	const results = [];
	let error;
	try {
		const job = { word, stateRoot, bundle: makeBundle(folder), program: inRoot('dist/tsrun') };
		const parts = [
			['library', runInLibrary, Number(options.library)],
			['program', runByProgram, Number(options.cli)],
		];
		for (const [how, run, cycles] of parts) {
			if (cycles === 0) continue;
			const before = traces.now();
			const figures = await run({ ...job, cycles });
			const left = await traces.since(before);
			const result = { how, view: inside ?? 'as they are', cycles, ...figures, left };
			results.push({ ...result, faults: judged(result) });
			if (!options.json) console.log(rowOf(results.at(-1)));
		}
	} catch (cause) {
		error = cause;
	}
	// A mount that was left there could be one of the machine's own files.
	const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
	for (const path of [folder, stateRoot]) if (!mounts.includes(path)) rmSync(path, { recursive: true, force: true });
	if (error !== undefined) throw error;
	if (options.json)
		console.log(JSON.stringify(results, (name, value) => (['times', 'controls'].includes(name) ? undefined : value)));
	if (options.write) keepFigures(results);
	for (const { how, faults } of results) for (const fault of faults) console.error(`soak: ${how}: ${fault}`);
	return results.length > 0 && results.every(({ faults }) => faults.length === 0);
}

/** A bundle whose program ends at once, with a keyring, mounts and limits as every container has them. */
function makeBundle(folder) {
	const bundle = join(folder, 'bundle');
	mkdirSync(bundle);
	spawnSync('sh', [inRoot('scripts/rootfs.sh'), join(bundle, 'rootfs')], { stdio: 'ignore' });
	const { status, stderr } = spawnSync(inRoot('dist/tsrun'), ['spec', '--bundle', bundle], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`tsrun spec: ${stderr}`);
	const file = join(bundle, 'config.json');
	const config = JSON.parse(readFileSync(file, 'utf8'));
	Object.assign(config.process, { terminal: false, args: ['/bin/true'] });
	writeFileSync(file, JSON.stringify(config));
	return bundle;
}
