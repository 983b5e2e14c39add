#include "clone.h"

#include <cerrno>
#include <csignal>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tsrun {

namespace {

// glibc has no wrapper for clone3, and syscall(2) cannot be used: it would return on the child's stack, which is empty.
// Returns as a system call does: a negative errno on failure.
__attribute__((noinline)) long raw_clone3(clone_args *arguments, size_t size, ChildEntry entry_, void *argument_) {
#if defined(__x86_64__)
	long result;
	register ChildEntry entry asm("r12") = entry_;
	register void *argument asm("r13") = argument_;
	asm volatile("syscall\n\t"
	             "test %%rax, %%rax\n\t"
	             "jnz 1f\n\t"
	             "mov %[argument], %%rdi\n\t"
	             "call *%[entry]\n\t"
	             "ud2\n"
	             "1:"
	             : "=a"(result)
	             : "0"(SYS_clone3), "D"(arguments), "S"(size), [entry] "r"(entry), [argument] "r"(argument)
	             : "rcx", "r11", "cc", "memory");
	return result;
#elif defined(__aarch64__)
	register long number asm("x8") = SYS_clone3;
	register long result asm("x0") = reinterpret_cast<long>(arguments);
	register size_t length asm("x1") = size;
	register ChildEntry entry asm("x20") = entry_;
	register void *argument asm("x21") = argument_;
	asm volatile("svc #0\n\t"
	             "cbnz x0, 1f\n\t"
	             "mov x0, %[argument]\n\t"
	             "blr %[entry]\n\t"
	             "brk #1\n"
	             "1:"
	             : "+r"(result)
	             : "r"(number), "r"(length), [entry] "r"(entry), [argument] "r"(argument)
	             : "cc", "memory");
	return result;
#else
	(void)arguments, (void)size, (void)entry_, (void)argument_;
	return -ENOSYS;
#endif
}

int enter(void *request_) {
	const auto *request = static_cast<const Clone *>(request_);
	request->entry(request->argument);
	return 1;
}

} // namespace

Cloned clone_process(const Clone &request) {
	int pidfd = -1;
	clone_args arguments = {};
	arguments.flags = request.flags | CLONE_PIDFD;
	arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
	arguments.exit_signal = SIGCHLD;
	arguments.stack = reinterpret_cast<uint64_t>(request.stack);
	arguments.stack_size = request.stack_size;
	size_t size = CLONE_ARGS_SIZE_VER0;
	if (request.cgroup >= 0) {
		arguments.flags |= CLONE_INTO_CGROUP;
		arguments.cgroup = static_cast<uint64_t>(request.cgroup);
		size = CLONE_ARGS_SIZE_VER2;
	}
	request.into_cgroup = request.cgroup >= 0;
	const long pid = raw_clone3(&arguments, size, request.entry, request.argument);
	if (pid > 0) return {static_cast<int>(pid), pidfd, "clone3"};

	// ENOSYS: before Linux 5.3, or hidden by a container engine's seccomp profile, of which old ones say EPERM.
	// E2BIG: before 5.7, which has no CLONE_INTO_CGROUP.
	if (pid != -ENOSYS && pid != -EPERM && pid != -E2BIG) {
		errno = static_cast<int>(-pid);
		return {-1, -1, "clone3"};
	}
	request.into_cgroup = false;
	auto *top = static_cast<char *>(request.stack) + request.stack_size;
	const auto flags = static_cast<int>(static_cast<uint32_t>(request.flags | CLONE_PIDFD | SIGCHLD));
	auto *argument = const_cast<void *>(static_cast<const void *>(&request));
	const int child = clone(enter, top, flags, argument, &pidfd);
	return {child, child < 0 ? -1 : pidfd, "clone"};
}

} // namespace tsrun
