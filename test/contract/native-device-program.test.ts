import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { gatherFacts } from '../../lib/host/index.js';
import { isSystemError, native, OwnedFd } from '../../lib/native/index.js';
import { addonPath } from '../../lib/native/load.js';
import { devicePolicy } from '../../lib/plan/resources/device-policy.js';
import { deviceProgram, encodeInstructions } from '../../lib/plan/resources/device-program.js';
import type { DeviceRule } from '../../lib/spec/index.js';
import { openCount } from './open-files.js';

const addon = addonPath(new URL('../../lib/native/load.ts', import.meta.url).href);
const mount = gatherFacts().cgroup.unified?.mount;
const possible = process.getuid?.() === 0 && mount !== undefined;
const withCgroup = possible ? test : test.skip;
if (!possible) console.warn('skipped: device programs need root and cgroup v2');

const directory = `${mount}/tsrun-test-devices-${process.pid}`;
beforeAll(() => {
	if (possible) mkdirSync(directory);
});
afterAll(() => {
	if (possible) rmdirSync(directory);
});

function bytes(...rules: DeviceRule[]): Uint8Array {
	const program = deviceProgram(devicePolicy(rules, ''));
	if (program === undefined) throw new Error('no program');
	return encodeInstructions(program, endianness() === 'LE');
}

/** Whether a process in the cgroup may open a device that no driver has: the kernel says which of two it is. */
function mayOpen(minor: number): boolean {
	const script = `echo $$ > ${directory}/cgroup.procs && cd /tmp && n=device-$$ && mknod $n c 241 ${minor} && (: < $n); rm $n`;
	const { stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
	if (/No such device/.test(stderr)) return true;
	if (/not permitted/.test(stderr)) return false;
	throw new Error(stderr);
}

const allow = (minor: number): DeviceRule => ({ allow: true, type: 'c', major: 241, minor });

function restrict(cgroup: string, instructions: Uint8Array): void {
	using program = new OwnedFd(native().loadDeviceProgram(instructions));
	native().setDeviceProgram(cgroup, program.number);
}

withCgroup('a program is attached, and another one takes its place', () => {
	const before = openCount();
	expect([1, 2].map(mayOpen)).toEqual([true, true]);
	restrict(directory, bytes(allow(1)));
	expect([1, 2].map(mayOpen)).toEqual([true, false]);
	// Were the first one still there, nothing would pass both.
	restrict(directory, bytes(allow(2)));
	expect([1, 2].map(mayOpen)).toEqual([false, true]);
	restrict(directory, bytes({ allow: true }));
	expect([1, 2].map(mayOpen)).toEqual([true, true]);
	expect(openCount()).toBe(before);
});

withCgroup('signals do not keep the verifier from its end', () => {
	const rules = Array.from({ length: 800 }, (_, minor): DeviceRule => ({ ...allow(minor), allow: minor % 3 !== 0 }));
	const script = join(import.meta.dirname, 'fixtures/load-under-signals.mjs');
	const { status, stderr } = spawnSync(process.execPath, [script, addon], {
		input: bytes(...rules),
		encoding: 'utf8',
		timeout: 30_000,
	});
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

withCgroup('the verifier takes a long list', () => {
	const rules = Array.from({ length: 800 }, (_, minor): DeviceRule => ({ ...allow(minor), allow: minor % 3 !== 0 }));
	restrict(directory, bytes(...rules));
	expect([1, 2, 3, 799, 800].map(mayOpen)).toEqual([true, true, false, true, false]);
});

withCgroup.each([
	['no program', new Uint8Array(8), 'EINVAL', 'bpf', () => directory],
	['no cgroup', bytes(), 'EBADF', 'bpf', () => '/'],
	['no directory', bytes(), 'ENOENT', 'open', () => '/nowhere/at/all'],
])('%s is an error', (_, program, code, syscall, where) => {
	const before = openCount();
	try {
		restrict(where(), program);
		throw new Error('it was accepted');
	} catch (error) {
		if (!isSystemError(error)) throw error;
		expect(error).toMatchObject(code === 'EINVAL' ? { code, syscall } : { code, syscall, path: where() });
	}
	expect(openCount()).toBe(before);
});
