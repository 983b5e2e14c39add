// Fuzzes the init helper's decoder: `node scripts/fuzz.mjs [seconds]`, 30 by default. What it learns stays in .cache/fuzz.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { inRoot } from './build/paths.mjs';
import { CommandFailed, run } from './build/run.mjs';
import { writeSeeds } from './fuzz/seeds.mjs';

const seconds = Number(process.argv[2] ?? 30);
if (!Number.isInteger(seconds) || seconds < 1) {
	console.error(`fuzz: a number of seconds is expected, not ${process.argv[2]}`);
	process.exit(2);
}

const reason = lacking();
if (reason) skip(reason);
else fuzz();

function lacking() {
	const found = spawnSync('clang', ['--print-file-name=libclang_rt.fuzzer-x86_64.a'], { encoding: 'utf8' });
	if (found.error) return 'clang is missing (Debian: clang)';
	if (process.arch !== 'x64') return 'only x86-64 is set up';
	return existsSync(found.stdout.trim()) ? undefined : "clang's sanitizers are missing (Debian: libclang-rt-14-dev)";
}

function skip(why) {
	console.log(`fuzz: skipped: ${why}`);
	console.log('0 passed, 0 failed, 1 skipped');
}

function fuzz() {
	const [build, corpus, findings] = ['build', 'corpus', 'findings'].map((name) => inRoot('.cache/fuzz', name));
	for (const folder of [build, corpus, findings]) mkdirSync(folder, { recursive: true });
	try {
		const compilers = ['-DCMAKE_C_COMPILER=clang', '-DCMAKE_CXX_COMPILER=clang++', '-DTSRUN_FUZZ=ON'];
		run('cmake', ['-S', inRoot('addon'), '-B', build, '-Wno-dev', ...compilers]);
		run('cmake', ['--build', build, '--target', 'fuzz_decoder']);
	} catch (error) {
		if (!(error instanceof CommandFailed)) throw error;
		console.error(`fuzz: ${error.message}`);
		process.exitCode = 1;
		return;
	}
	writeSeeds(corpus);
	const limits = [`-max_total_time=${seconds}`, '-timeout=5', '-rss_limit_mb=2048', '-max_len=8192'];
	const output = ['-print_final_stats=1', '-verbosity=0', `-artifact_prefix=${findings}/`];
	const { status, stderr } = spawnSync(`${build}/fuzz/fuzz_decoder`, [...limits, ...output, corpus], {
		encoding: 'utf8',
		maxBuffer: 64 * 1024 * 1024,
		timeout: (seconds + 60) * 1000,
		stdio: ['ignore', 'inherit', 'pipe'],
	});
	const executions = /stat::number_of_executed_units:\s*(\d+)/.exec(stderr)?.[1];
	const passed = status === 0 && executions !== undefined;
	if (!passed) console.error(stderr);
	console.log(
		`fuzz: decoder: ${executions ?? 0} executions in ${seconds} s, ${passed ? 'no finding' : `see ${findings}`}`,
	);
	console.log(`${passed ? 1 : 0} passed, ${passed ? 0 : 1} failed, 0 skipped`);
	process.exitCode = passed ? 0 : 1;
}
