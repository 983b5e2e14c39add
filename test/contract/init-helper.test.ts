import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBusybox } from '../harness/busybox.js';
import { failing, strace } from '../harness/failing-calls.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';

// test/native holds the expectations, in C; here they are run on the helper as it ships and as sanitizers see it.

const addonSources = join(import.meta.dirname, '../../addon');
const buildMs = 120_000;
const runMs = 60_000;

const runs = (command: string, ...args: string[]) => spawnSync(command, args, { timeout: 20_000 }).status === 0;
const cmake: Requirement = { what: 'cmake', met: () => runs('cmake', '--version') };

function checked(command: string, args: string[], timeout: number): string {
	const { status, stdout, stderr, error } = spawnSync(command, args, {
		encoding: 'utf8',
		timeout,
		env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' },
	});
	if (status !== 0) throw new Error(`${command} ended with ${status ?? error}:\n${stdout}${stderr}`);
	return stdout;
}

function build(directory: string, sanitize: boolean): void {
	const options = ['-DTSRUN_TESTS=ON', `-DTSRUN_SANITIZE=${sanitize ? 'ON' : 'OFF'}`];
	checked('cmake', ['-S', addonSources, '-B', directory, ...options], buildMs);
	checked('cmake', ['--build', directory, '--target', 'init_helper', 'init_helper_test'], buildMs);
}

const programs = (directory: string): string[] => [
	join(directory, 'native-tests/init_helper_test'),
	join(directory, 'tsrun-init'),
	findBusybox() ?? '',
];

describeWith([root, busybox, cmake], 'the init helper', () => {
	const directories: string[] = [];

	function built(sanitize: boolean): string[] {
		const directory = mkdtempSync(join(tmpdir(), 'init-helper-build-'));
		directories.push(directory);
		build(directory, sanitize);
		return programs(directory);
	}

	afterAll(() => {
		for (const directory of directories) rmSync(directory, { recursive: true });
	});

	test('does what its operations say, under AddressSanitizer and UndefinedBehaviorSanitizer', () => {
		const [driver = '', ...args] = built(true);
		expect(checked(driver, args, runMs)).toMatch(/^\d+ expectations, 0 failed\n$/);
	}, 300_000);

	describe('as it ships', () => {
		let driver: string[];

		beforeAll(() => {
			driver = built(false);
		}, 300_000);

		test('does what its operations say', () => {
			const [command = '', ...args] = driver;
			expect(checked(command, args, runMs)).toMatch(/^\d+ expectations, 0 failed\n$/);
		}, 90_000);

		// An older kernel, or the seccomp profile of an engine around us.
		describeWith([strace], 'without newer system calls', () => {
			test.each(['close_range:error=EPERM', 'faccessat2:error=ENOSYS', 'openat2:error=ENOSYS', 'openat2:error=EPERM'])(
				'does so with %s',
				(failure) => {
					const [command = '', ...args] = [...failing([failure]), ...driver];
					expect(checked(command, args, runMs)).toMatch(/^\d+ expectations, 0 failed\n$/);
				},
				90_000,
			);
		});
	});
});
