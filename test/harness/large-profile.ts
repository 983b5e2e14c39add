import { native } from '../../lib/native/index.js';
import type { Profile } from './seccomp.js';

/** What an engine's profile for ordinary containers does not let them have. */
const withheld = new Set(
	(
		'acct add_key bpf clock_adjtime clock_settime create_module delete_module finit_module get_kernel_syms ' +
		'get_mempolicy init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind mount ' +
		'move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree fsopen fsconfig fsmount fspick ' +
		'mount_setattr perf_event_open personality pivot_root process_vm_readv process_vm_writev ptrace query_module ' +
		'quotactl quotactl_fd reboot request_key set_mempolicy setns settimeofday stime swapon swapoff sysfs _sysctl ' +
		'umount umount2 unshare uselib userfaultfd ustat vm86 vm86old vhangup io_uring_setup io_uring_enter ' +
		'io_uring_register clone clone3 socket'
	).split(' '),
);

/** Numbers of calls lie below this on every architecture we know names for. */
const numbers = 470;

/**
 * A profile as engines ship them, made from libseccomp's own tables: EPERM for what is not named, some four hundred calls
 * allowed, three architectures, conditions on clone(2), personality(2) and socket(2), ENOSYS for clone3(2).
 */
export function largeProfile(): Profile {
	const tokens = [0xc000003e, 0x40000003, 0xc00000b7];
	const names = new Set<string>();
	for (const token of tokens) {
		for (let number = 0; number < numbers; number++) {
			const name = native().seccompCallName(token, number);
			if (name !== undefined && !withheld.has(name)) names.add(name);
		}
	}
	const equals = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });
	// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
	const newNamespaces = 0x7e020000;
	return {
		defaultAction: 'SCMP_ACT_ERRNO',
		defaultErrnoRet: 1,
		architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
		syscalls: [
			// Of later kernels, and of no kernel at all.
			{ names: [...names, 'mseal', 'listmount', 'no_such_call'], action: 'SCMP_ACT_ALLOW' },
			{
				names: ['clone'],
				action: 'SCMP_ACT_ALLOW',
				args: [{ index: 0, value: newNamespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
			},
			{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
			...[0, 8, 0x20000, 0x20008, 0xffffffff].map((persona) => ({
				names: ['personality'],
				action: 'SCMP_ACT_ALLOW',
				args: [equals(0, persona)],
			})),
			// AF_VSOCK reaches the hypervisor.
			{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 40, op: 'SCMP_CMP_NE' }] },
		],
	};
}
