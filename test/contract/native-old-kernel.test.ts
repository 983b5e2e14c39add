import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { addonPath } from '../../lib/native/load.js';

const fixture = join(import.meta.dirname, 'fixtures/spawn-and-tell.mjs');
const addon = addonPath(new URL('../../lib/native/load.ts', import.meta.url).href);

// strace makes system calls fail as an older kernel, or a container engine's seccomp profile, would.
const usable = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const withStrace = usable ? test : test.skip;
if (!usable) console.warn('skipped: strace is missing, or may not trace here');

const FAULT = 1;

withStrace.each([
	['clone3:error=ENOSYS'],
	['clone3:error=ENOSYS', 'close_range:error=ENOSYS'],
	['clone3:error=ENOSYS', 'close_range:error=EPERM'],
	['clone3:error=ENOSYS', 'memfd_create:error=EINVAL:when=1'],
])('with %s %s a helper starts all the same', (...failures) => {
	const trace = ['-f', '-qq', '-o', '/dev/null', ...failures.flatMap((failure) => ['-e', `inject=${failure}`])];
	const { stdout, stderr, status } = spawnSync('strace', [...trace, process.execPath, fixture, addon], {
		encoding: 'utf8',
		timeout: 20_000,
		env: { PATH: process.env['PATH'] ?? '' },
	});
	expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
	expect(JSON.parse(stdout)).toEqual({ intoCgroup: false, strayIsOpen: false, kind: FAULT, exit: 1 });
});
