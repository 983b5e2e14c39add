import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { inRoot } from '../build/paths.mjs';
import { CommandFailed, run } from '../build/run.mjs';
import { runJest } from './jest.mjs';

const folder = '.cache/sanitized';
const addon = `${folder}/Release/tsrun.node`;

/** Files whose tests use the addon in the process of the tests alone: another program would not have the libraries. */
const files =
	'native-(channel|device-program|files|lock|mounts|pipe|process|seccomp|spawn|terminal|watch)|seccomp-(compile|support)|state-lock';

/**
 * The tests of the addon once more, on one built with AddressSanitizer and UndefinedBehaviorSanitizer. It takes the place of the
 * usual one by a mount that nobody else sees. What a sanitizer finds ends the process of the tests, and says so on stderr.
 */
export async function runSanitized(part, options) {
	const library = spawnSync('gcc', ['--print-file-name=libasan.so'], { encoding: 'utf8' }).stdout?.trim() ?? '';
	if (process.getuid() !== 0) return skipped(part, 'root is needed to mount the addon');
	if (!existsSync(library)) return skipped(part, "gcc's libasan is missing");
	try {
		build();
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		console.error(`${part}: ${error.message}`);
		return { part, passed: 0, failed: 1, skipped: [] };
	}
	const mount = `mount --bind ${inRoot(addon)} ${inRoot('dist/tsrun.node')} && exec "$@"`;
	const prefix = [
		...['unshare', '--mount', '--propagation', 'private', '--', 'sh', '-euc', mount, 'sh'],
		// Leaks are not looked for: an engine gives nothing back at its end.
		...['env', `LD_PRELOAD=${library}`, 'ASAN_OPTIONS=detect_leaks=0', 'UBSAN_OPTIONS=print_stacktrace=1'],
	];
	return runJest(part, ['contract'], {
		...options,
		view: { name: 'machine', prefix },
		jestArguments: [`test/contract/(${files})`],
	});
}

function build() {
	const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
	const folders = ['--directory', 'addon', '--out', folder, '--CDTSRUN_SANITIZE_ADDON=ON'];
	run(
		process.execPath,
		[cmakeJs, 'build', ...folders, '--parallel', String(availableParallelism()), '--log-level', 'warn'],
		{
			timeout: 300_000,
		},
	);
}

function skipped(part, reason) {
	console.log(`\n== ${part}: skipped: ${reason}`);
	return { part, passed: 0, failed: 0, skipped: [`${part} (${reason})`] };
}
