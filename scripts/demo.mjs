// A real container, twice: by the binary, and by the library. Needs root, and prints what the container saw of itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './build/paths.mjs';
import { checked, factsScript, parseFacts } from './demo/facts.mjs';
import { runByLibrary } from './demo/library.mjs';

if (process.getuid() !== 0) {
	console.error('demo: needs root, for a container with the default configuration');
	process.exit(1);
}

const tsrun = inRoot('dist/tsrun');
const folder = mkdtempSync(join(tmpdir(), 'tsrun-demo-'));
try {
	const root = join(folder, 'state');
	const bundle = makeBundle();
	const host = { hostname: hostname(), mounts: lines('/proc/self/mountinfo') };
	console.log(`host: hostname ${host.hostname}, ${host.mounts} mounts, this is pid ${process.pid}\n`);

	console.log(`$ tsrun --root ${root} run --bundle ${bundle} demo-binary`);
	checked('binary', parseFacts(call(tsrun, '--root', root, 'run', '--bundle', bundle, 'demo-binary')), host);

	console.log(`\nimport { Runtime } from 'tsrun'; // create, start, exec, kill, wait, delete`);
	const { output: written, said, exit } = await runByLibrary(root, bundle, 'demo-library');
	checked('library', parseFacts(written), host);
	if (!/^pid \d+ in demo$/.test(said)) throw new Error(`the program started by exec said ${said}`);
	console.log(`  exec          ${said}\n  killed        ${JSON.stringify(exit)}`);

	const left = call(tsrun, '--root', root, 'list', '--quiet');
	if (left !== '') throw new Error(`containers were left behind: ${left}`);
	console.log('\nBoth containers ran and nothing of them is left.');
} catch (error) {
	console.error(`demo: ${error.message}`);
	process.exitCode = 1;
} finally {
	// A mount that was left there could be one of the machine's own files.
	if (readFileSync('/proc/self/mountinfo', 'utf8').includes(folder))
		console.error(`demo: something is mounted in ${folder}`);
	else rmSync(folder, { recursive: true, force: true });
}

function makeBundle() {
	const bundle = join(folder, 'bundle');
	mkdirSync(bundle);
	call('sh', inRoot('scripts/rootfs.sh'), join(bundle, 'rootfs'));
	call(tsrun, 'spec', '--bundle', bundle);
	const file = join(bundle, 'config.json');
	const config = JSON.parse(readFileSync(file, 'utf8'));
	config.process.terminal = false;
	config.process.args = ['sh', '-c', factsScript];
	config.hostname = 'demo';
	writeFileSync(file, JSON.stringify(config, null, '\t'));
	return bundle;
}

/** Runs a program that has to succeed; its standard error is ours. */
function call(command, ...args) {
	const { status, stdout, error } = spawnSync(command, args, {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	if (error) throw error;
	if (status !== 0) throw new Error(`${command} ended with status ${status}`);
	return stdout;
}

function lines(file) {
	return readFileSync(file, 'utf8').trim().split('\n').length;
}
