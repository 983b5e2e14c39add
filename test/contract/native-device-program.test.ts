import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readlinkSync, rmdirSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gatherFacts } from '../../lib/host/index.js';
import { isSystemError, native } from '../../lib/native/index.js';
import { addonPath } from '../../lib/native/load.js';
import { devicePolicy } from '../../lib/plan/resources/device-policy.js';
import { deviceProgram, encodeInstructions } from '../../lib/plan/resources/device-program.js';
import type { DeviceRule } from '../../lib/spec/index.js';
import { eventually } from '../harness/eventually.js';
import { staticCompiler, staticProgram } from '../harness/static-program.js';
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

const restrict = (cgroup: string, instructions: Uint8Array): void => native().setDeviceProgram(cgroup, instructions);

/** As many programs stay loaded, in the whole process. */
const kept = 8;
const loaded = (): number =>
	readdirSync('/proc/self/fd').filter((fd) => {
		try {
			return readlinkSync(`/proc/self/fd/${fd}`).includes('bpf-prog');
		} catch {
			return false; // that of the listing
		}
	}).length;
beforeAll(() => {
	if (!possible) return;
	for (let number = 0; number < kept; number += 1) native().loadDeviceProgram(bytes(allow(1_000 + number)));
});

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

withCgroup('the last few programs stay loaded, and no others', () => {
	for (let minor = 1; minor <= 20; minor += 1) {
		restrict(directory, bytes(allow(minor)));
		expect(loaded()).toBe(kept);
	}
	restrict(directory, bytes(allow(1)));
	expect([1, 2].map(mayOpen)).toEqual([true, false]);
	restrict(directory, bytes({ allow: true }));
});

const compiles = staticCompiler.met();
if (!compiles) console.warn(`skipped: a program that is attached already needs ${staticCompiler.what}`);

(possible && compiles ? test : test.skip)('a program that is attached already stays, alone', () => {
	restrict(directory, bytes(allow(1)));
	restrict(directory, bytes(allow(1)));
	expect([1, 2].map(mayOpen)).toEqual([true, false]);
	// Beside one of somebody else's, which makes it two.
	const deny = staticProgram('deny_devices');
	if (deny === undefined) throw new Error('no static program can be made of deny_devices.c');
	expect(spawnSync(deny, [directory], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
	expect([1, 2].map(mayOpen)).toEqual([false, false]);
	restrict(directory, bytes(allow(1)));
	expect([1, 2].map(mayOpen)).toEqual([true, false]);
	restrict(directory, bytes({ allow: true }));
});

withCgroup('worker threads leave no program behind', async () => {
	const before = openCount();
	const code = `const { workerData } = require('node:worker_threads');
		const addon = { exports: {} };
		process.dlopen(addon, workerData.addon);
		addon.exports.loadDeviceProgram(workerData.instructions);`;
	for (let minor = 1; minor <= 3; minor += 1) {
		const worker = new Worker(code, { eval: true, workerData: { addon, instructions: bytes(allow(minor + 500)) } });
		expect(await once(worker, 'exit')).toEqual([0]);
	}
	expect(loaded()).toBe(kept);
	await eventually('as many descriptors as before', () => openCount() <= before);
});

withCgroup('signals do not keep the verifier from its end', () => {
	const rules = (first: number) =>
		Array.from({ length: 800 }, (_, index): DeviceRule => ({ ...allow(first + index), allow: index % 3 !== 0 }));
	const programs = Array.from({ length: 10 }, (_, number) => bytes(...rules(1 + number)));
	const script = join(import.meta.dirname, 'fixtures/load-under-signals.mjs');
	const { status, stderr } = spawnSync(process.execPath, [script, addon], {
		input: Buffer.concat(programs),
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
