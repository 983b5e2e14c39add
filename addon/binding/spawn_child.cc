// Runs in a process that shares its memory with a suspended thread of the JavaScript engine: no allocation, no locks,
// no function of libc that is more than a system call.
#include "spawn_child.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "close_from.h"

namespace tsrun {

namespace {

[[noreturn]] void fail(SpawnChild *child, const char *syscall) {
	child->error = errno;
	child->failed = syscall;
	_exit(127);
}

// The raw call: libc hides its two internal signals, which may have been ignored by who started us. A signal that is
// ignored stays so over execve.
void reset_signals() {
	constexpr int last_signal = 64;
	const unsigned long default_action[8] = {};
	for (int signal = 1; signal <= last_signal; signal++)
		syscall(SYS_rt_sigaction, signal, default_action, nullptr, 8);
	const unsigned long none = 0;
	syscall(SYS_rt_sigprocmask, 2 /* SIG_SETMASK of the kernel */, &none, nullptr, 8);
}

// The first process of a user namespace has every capability in it, and loses all of them by execve because its user is
// not mapped to 0 yet (capabilities(7)). Ambient ones survive.
void keep_capabilities(SpawnChild *child) {
	__user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	__user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	if (syscall(SYS_capget, &header, data) != 0) fail(child, "capget");
	for (auto &half : data) half.inheritable = half.permitted;
	if (syscall(SYS_capset, &header, data) != 0) fail(child, "capset");
	for (unsigned long number = 0; number < 64; number++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0UL, 0UL) == 0) continue;
		if (errno == EINVAL) return; // one past the last capability of this kernel
		fail(child, "prctl");
	}
}

int above(SpawnChild *child, int fd) {
	if (fd > child->count) return fd;
	const int moved = fcntl(fd, F_DUPFD_CLOEXEC, child->count + 1);
	if (moved < 0) fail(child, "fcntl");
	return moved;
}

// First everything moves out of the way of the targets, 0 to count, the last of which is the helper's. After that no
// dup can hit a source that is still needed.
void place_descriptors(SpawnChild *child) {
	for (int i = 0; i < child->count; i++)
		if (child->descriptors[i] >= 0) child->descriptors[i] = above(child, child->descriptors[i]);
	child->helper = above(child, child->helper);
	for (int i = 0; i < child->count; i++) {
		if (child->descriptors[i] >= 0) continue;
		const int null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
		if (null < 0) fail(child, "open");
		child->descriptors[i] = above(child, null);
	}
	for (int i = 0; i < child->count; i++)
		if (dup2(child->descriptors[i], i) < 0) fail(child, "dup2");
	if (dup3(child->helper, child->count, O_CLOEXEC) < 0) fail(child, "dup3");
	if (!close_from(child->count + 1)) fail(child, "close_range");
}

// Said before there is anybody to hear it: told by its parent, which may have to wait for a processor, the helper would
// have fallen asleep over it. Only in its cgroup may it go on.
void tell(SpawnChild *child) {
	if (!child->into_cgroup || child->channel < 0) return;
	const long sent = syscall(SYS_sendto, child->channel, child->message, child->message_size,
	                          MSG_NOSIGNAL | MSG_DONTWAIT, nullptr, 0);
	child->told = sent == static_cast<long>(child->message_size);
}

} // namespace

void run_spawn_child(void *argument) {
	auto *child = static_cast<SpawnChild *>(argument);
	child->began = true;
	reset_signals();
	if (child->new_user_namespace) keep_capabilities(child);
	tell(child);
	place_descriptors(child);
	char *const environment[] = {nullptr};
	syscall(SYS_execveat, child->count, "", child->argv, environment, AT_EMPTY_PATH);
	fail(child, "execveat");
}

} // namespace tsrun
