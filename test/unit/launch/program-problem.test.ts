import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programProblem } from '../../../lib/launch/program-problem.js';

let root: string;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'tsrun-program-'));
	mkdirSync(join(root, 'bin'));
});
afterEach(() => rmSync(root, { recursive: true }));

const path = (name: string) => join(root, 'bin', name);

test.each([
	['a script without its interpreter', '#!/bin/missing\n', 'the interpreter of its first line, /bin/missing, is not'],
	['a script with carriage returns', '#!/bin/sh\r\n', 'ends with a carriage return'],
	['a text', 'echo\n', 'neither an ELF program nor a script'],
])('%s', (_, text, reason) => {
	writeFileSync(path('program'), text, { mode: 0o755 });
	expect(programProblem(root, '/bin/program')).toContain(reason);
});

test('one without the right to be executed', () => {
	writeFileSync(path('program'), '#!/bin/sh\n');
	chmodSync(path('program'), 0o644);
	expect(programProblem(root, '/bin/program')).toContain('has no x bit');
});

test('a link of the image leads nowhere outside', () => {
	symlinkSync('/bin/sh', path('program'));
	symlinkSync('/proc/self/exe', path('magic'));
	for (const name of ['program', 'magic']) expect(programProblem(root, `/bin/${name}`)).toContain('is not in the root');
});

test('a fifo is looked at, and not waited for', () => {
	execFileSync('mkfifo', [path('program')]);
	expect(programProblem(root, '/bin/program')).toContain('is no regular file');
});

test('what is mounted in it is not looked at: a process of the container may be the one to answer', () => {
	expect(programProblem('/', '/proc/version')).toBeUndefined();
	expect(programProblem('/proc', '/version')).toContain('has no x bit');
});

// To open a device can be to use it: a watchdog's timer runs from then on, and resets the machine. There is no driver for this
// number, so that open(2) would be ENXIO.
const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot('a device of the image is not opened', () => {
	execFileSync('mknod', ['-m', '755', path('program'), 'c', '254', '1048575']);
	expect(programProblem(root, '/bin/program')).toContain('is no regular file');
});
