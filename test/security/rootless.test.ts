import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUser, ordinaryUser, userBundle, userId, userRun } from '../harness/ordinary-user.js';
import { describeWith, type Requirement } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';
import { installProgram, staticCompiler } from '../harness/static-program.js';

const x64: Requirement = { what: 'an x86-64 machine', met: () => process.arch === 'x64' };
const needs = [...ordinaryUser, staticCompiler, x64];

// asm/unistd_64.h
const setgroups = 116;
const setgid = 106;

/** A file that everybody may read but the members of the user's own group. */
function fileWithheldFromGroup(): string {
	const file = join(scratch('withheld'), 'file');
	writeFileSync(file, 'withheld');
	chownSync(file, 0, userId);
	chmodSync(file, 0o604);
	return file;
}

describeWith(needs, 'CVE-2014-8989: a group that takes rights away', () => {
	test('cannot be given up by an ordinary user in a container', () => {
		const file = fileWithheldFromGroup();
		expect(asUser(['cat', file])).toMatchObject({ stdout: '' });
		const script = [
			'cat /withheld; cat /proc/self/setgroups',
			'(echo allow > /proc/self/setgroups) 2>/dev/null && echo allowed',
			`call native ${setgroups} 0 0; call native ${setgid} 1; cat /withheld; true`,
		].join('\n');
		const bundle = userBundle(['sh', '-c', script], (config) => {
			const all = ['CAP_SETGID', 'CAP_SETUID', 'CAP_SYS_ADMIN'];
			config.process['capabilities'] = { bounding: all, effective: all, permitted: all };
			config.mounts.push({ destination: '/withheld', source: file, options: ['bind'] });
		});
		installProgram('call', join(bundle, 'rootfs'));
		// EPERM for setgroups(2), EINVAL for a group that is not mapped.
		expect(asUser(userRun(bundle))).toMatchObject({ status: 0, stdout: 'deny\n-1\n-22\n' });
	});
});
