import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { program } from '../harness/cli.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const repository = resolve(import.meta.dirname, '../..');
const binary: Requirement = { what: 'the built binary', met: () => program.length === 1 };

function install(prefix: string): string[] {
	const words = [join(repository, 'scripts/install.mjs'), '--prefix', prefix];
	return execFileSync(process.execPath, words, { encoding: 'utf8' }).trimEnd().split('\n');
}

describeWith([binary], 'an installation', () => {
	test('has the program, its parts and the manual pages that were built, for everybody to use and nobody to change', () => {
		const prefix = join(scratch('prefix'), 'made');
		const umask = process.umask(0o077);
		let installed: string[];
		try {
			installed = install(prefix);
		} finally {
			process.umask(umask);
		}
		expect(installed).toEqual(
			expect.arrayContaining(
				['bin/tsrun', 'lib/tsrun/tsrun', 'lib/tsrun/libexec/tsrun', 'lib/tsrun/tsrun.node'].map((path) =>
					join(prefix, path),
				),
			),
		);
		const pages = installed.filter((path) => path.includes('/share/man/'));
		expect(pages.length > 0).toBe(existsSync(join(repository, 'dist/man')));
		for (const path of [...installed, ...installed.map((file) => dirname(file))]) {
			const executable = basename(path) === 'tsrun' || statSync(path).isDirectory();
			const mode = statSync(path).mode & 0o777;
			expect({ path, mode }).toEqual({ path, mode: executable ? 0o755 : 0o644 });
		}
		const called = join(prefix, 'bin/tsrun');
		expect(lstatSync(called).isSymbolicLink()).toBe(true);
		expect(spawnSync(called, ['--version'], { encoding: 'utf8' })).toEqual(
			expect.objectContaining({ status: 0, stdout: execFileSync(program[0], ['--version'], { encoding: 'utf8' }) }),
		);
	});

	test('is what the page for engines lists, and where their configurations look for it', () => {
		const page = readFileSync(join(repository, 'docs/clients/README.md'), 'utf8');
		const listed = [...page.matchAll(/^((?:bin|lib|share)\/\S+) {2,}/gm)].map(([, path = '']) => path);
		expect(listed.length).toBeGreaterThan(3);
		const prefix = scratch('prefix');
		const installed = install(prefix).map((path) => path.slice(prefix.length + 1));
		// The manual has a page for each verb: `tsrun*.1`.
		const patterns = listed.map((path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
		expect(installed.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
		const built = existsSync(join(repository, 'dist/man'));
		const expected = listed.filter((path) => built || !path.startsWith('share/man'));
		const missing = expected.filter((path) => !installed.some((one) => patterns[listed.indexOf(path)]?.test(one)));
		expect(missing).toEqual([]);
	});

	test('goes over an older one', () => {
		const prefix = scratch('prefix');
		install(prefix);
		const before = statSync(join(prefix, 'lib/tsrun/tsrun')).ino;
		install(prefix);
		expect(statSync(join(prefix, 'lib/tsrun/tsrun')).ino).not.toBe(before);
	});

	test('says what it does not know, and where it cannot write', () => {
		const call = (...words: string[]) =>
			spawnSync(process.execPath, [join(repository, 'scripts/install.mjs'), ...words], { encoding: 'utf8' });
		expect(call('--nosuch')).toMatchObject({ status: 2, stderr: expect.stringContaining('--nosuch') });
		expect(call('--prefix', '/dev/null/nosuch')).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('/dev/null/nosuch'),
		});
	});
});

describeWith([binary], 'an installation without its addon', () => {
	test('says so, on standard error and in the log of the engine', () => {
		const prefix = scratch('prefix');
		install(prefix);
		const addon = join(prefix, 'lib/tsrun/tsrun.node');
		rmSync(addon);
		const called = join(prefix, 'bin/tsrun');
		const message = `cannot load the native addon ${addon}`;
		expect(spawnSync(called, ['state', 'some'], { encoding: 'utf8' })).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(message),
		});
		const log = join(prefix, 'log.json');
		spawnSync(called, ['--log', log, '--log-format', 'json', 'state', 'some']);
		expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
			level: 'error',
			msg: expect.stringContaining(message),
		});
	});
});

describeWith([binary, root, busybox], 'the installed program', () => {
	test('runs a container, from wherever the installation is moved to', () => {
		const folder = scratch('prefix');
		install(join(folder, 'made'));
		renameSync(join(folder, 'made'), join(folder, 'moved'));
		const { path } = scriptBundle('echo installed; exit 7');
		const words = ['--root', stateRoot(), 'run', '--bundle', path, containerId()];
		const result = spawnSync(join(folder, 'moved/bin/tsrun'), words, { encoding: 'utf8', env: {} });
		expect(result).toMatchObject({ status: 7, stdout: 'installed\n', stderr: '' });
	});
});
