// The small C programs of the benchmark, compiled on first use, and the bundles that it runs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alignSegments } from '../scripts/build/align-segments.mjs';
import { bunExecutable } from '../scripts/build/bun.mjs';
import { inRoot } from '../scripts/build/paths.mjs';

const folder = inRoot('.cache/bench');

/** Path of bench/NAME.c as a static program; `gcc` has to be there when it is not compiled yet. */
export function tool(name) {
	const source = inRoot('bench', `${name}.c`);
	const program = join(folder, name);
	mkdirSync(folder, { recursive: true });
	if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
		execFileSync('gcc', ['-O2', '-static', '-Wall', '-o', program, source], { stdio: 'inherit' });
	}
	return program;
}

/** A program of Bun that ends at once, built as dist/libexec/tsrun is: what any program costs that is made this way. */
export function emptyProgram() {
	const [source, program] = [join(folder, 'empty.js'), join(folder, 'empty-aligned')];
	if (existsSync(program)) return program;
	mkdirSync(folder, { recursive: true });
	writeFileSync(source, 'process.exit(0);\n');
	compile(source, program);
	return program;
}

/** tsrun with once-more-program.mjs in place of its own entry: launcher, addon and program as they lie in dist. */
export function onceMoreProgram() {
	const place = join(folder, 'once-more');
	mkdirSync(join(place, 'libexec'), { recursive: true });
	compile(inRoot('bench/once-more-program.mjs'), join(place, 'libexec/tsrun'));
	for (const part of ['tsrun', 'tsrun.node']) copyFileSync(inRoot('dist', part), join(place, part));
	return join(place, 'tsrun');
}

function compile(source, program) {
	const flags = [
		'--compile',
		'--bytecode',
		'--format=esm',
		'--no-compile-autoload-bunfig',
		'--no-compile-autoload-dotenv',
	];
	execFileSync(bunExecutable(), ['build', ...flags, source, `--outfile=${program}.unaligned`], { stdio: 'ignore' });
	writeFileSync(program, alignSegments(readFileSync(`${program}.unaligned`)), { mode: 0o755 });
	rmSync(`${program}.unaligned`);
}

/** A bundle below `parent` with the default config of `tsrun spec`, changed by `edit`. */
export function makeBundle(tsrun, parent, name, edit) {
	const bundle = join(parent, name);
	mkdirSync(bundle);
	const rootfs = join(parent, 'rootfs');
	if (!existsSync(rootfs)) execFileSync('sh', [inRoot('scripts/rootfs.sh'), rootfs], { stdio: 'inherit' });
	const config = defaultConfig(tsrun, bundle);
	config.root.path = rootfs;
	config.process.terminal = false;
	edit(config);
	writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
	return bundle;
}

function defaultConfig(tsrun, bundle) {
	execFileSync(tsrun, ['spec', '--bundle', bundle]);
	const text = execFileSync('cat', [join(bundle, 'config.json')], { encoding: 'utf8' });
	execFileSync('rm', [join(bundle, 'config.json')]);
	return JSON.parse(text);
}
