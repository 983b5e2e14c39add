#pragma once

#include <cstdint>

namespace tsrun {

using ChildEntry = void (*)(void *argument); // never returns

struct Clone {
	uint64_t flags;    ///< CLONE_*; CLONE_PIDFD and SIGCHLD as exit signal are added
	int cgroup = -1;   ///< directory to be born in (cgroup2), or -1
	bool &into_cgroup; ///< whether it is born there: written before there is a child, which may share the memory
	ChildEntry entry;
	void *argument;
	void *stack; ///< lowest address
	uint64_t stack_size;
};

struct Cloned {
	int pid; ///< -1: failed, with errno set
	int pidfd;
	const char *syscall; ///< the call that failed or succeeded
};

/// Runs `entry` in a new process on a stack of its own. clone3(2) first; clone(2), which cannot place the child in a
/// cgroup, where a seccomp profile or an old kernel does not let clone3 through.
Cloned clone_process(const Clone &request);

} // namespace tsrun
