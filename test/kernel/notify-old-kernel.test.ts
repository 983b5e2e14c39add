import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { installCall } from '../harness/call-program.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { withProfile } from '../harness/seccomp.js';
import { stateRoot } from '../harness/state-root.js';
import { staticCompiler } from '../harness/static-program.js';
import { executeWithout, pidfdGetfd } from '../harness/without-call.js';

const x86_64: Requirement = { what: 'an x86-64 machine', met: () => process.arch === 'x64' };
const fixture = join(import.meta.dirname, 'fixtures/take-descriptor.mjs');
const neverMissing = 999;

describeWith(
	[root, busybox, staticCompiler, x86_64],
	'a notified call on a kernel without pidfd_getfd(2) of 5.6',
	() => {
		const outcome = async (missing: number) => {
			const profile = {
				defaultAction: 'SCMP_ACT_ALLOW',
				architectures: ['SCMP_ARCH_X86_64'],
				syscalls: [{ names: ['fsync'], action: 'SCMP_ACT_NOTIFY' }],
			};
			const { path, rootfs } = scriptBundle('call native 74 5 5</etc/group', withProfile(profile));
			installCall(rootfs);
			const words = [process.execPath, fixture, stateRoot(), path, containerId()];
			return JSON.parse((await executeWithout(missing, words)).stdout);
		};
		const answered = { stdout: '77\n', code: 0 };

		test('keeps its descriptors to itself; the handler is told why, and can answer', async () => {
			expect(await outcome(pidfdGetfd)).toEqual({
				...answered,
				refusal: {
					code: 'ERR_SYSTEM',
					syscall: 'pidfd_getfd',
					errno: 'ENOSYS',
					hint: expect.stringContaining('Linux 5.6'),
				},
			});
		});

		test('gives them where the call is there', async () => {
			expect(await outcome(neverMissing)).toEqual(answered);
		});
	},
);
