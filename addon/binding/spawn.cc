#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <vector>

#include "arguments.h"
#include "clone.h"
#include "helper.h"
#include "module.h"
#include "owned_descriptor.h"
#include "spawn_child.h"
#include "system_error.h"

namespace tsrun {

namespace {

constexpr size_t stack_size = 64 * 1024;

constexpr uint64_t allowed_flags =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

// The child has its own copy of the signal handlers, but runs in our memory: a handler of the JavaScript engine that
// ran there would change the engine's state from a foreign process.
class AllSignalsBlocked {
      public:
	AllSignalsBlocked() {
		sigset_t all;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before_);
	}
	AllSignalsBlocked(const AllSignalsBlocked &) = delete;
	AllSignalsBlocked &operator=(const AllSignalsBlocked &) = delete;
	~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

      private:
	sigset_t before_;
};

class Stack {
      public:
	Stack()
	    : base_(mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0)) {
	}
	Stack(const Stack &) = delete;
	Stack &operator=(const Stack &) = delete;
	~Stack() {
		if (valid()) munmap(base_, stack_size);
	}
	bool valid() const { return base_ != MAP_FAILED; }
	void *base() const { return base_; }

      private:
	void *base_;
};

Napi::Value spawn_init(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info, {"flags", "cgroup", "fds", "preserved"});
	const uint64_t flags = in.wide(0);
	const int cgroup = in.integer(1);
	std::vector<int> fds = in.integers(2);
	const int preserved = in.integer(3);
	if (in.refused()) return {};
	// Beside plain mistakes this keeps CLONE_NEWTIME out: its bit is part of the exit signal for clone(2).
	if ((flags & ~allowed_flags) != 0) return throw_system_error(env, "clone3", EINVAL);
	// Checked here because a copy made by the child could take the number of a descriptor that is not open.
	for (const int fd : fds)
		if (fd >= 0 && fcntl(fd, F_GETFD) < 0) return throw_system_error(env, "fcntl", errno);

	const char *syscall = nullptr;
	const int helper = helper_descriptor(&syscall);
	if (helper < 0) return throw_system_error(env, syscall, errno);
	Stack stack;
	if (!stack.valid()) return throw_system_error(env, "mmap", errno);

	std::string name = "tsrun-init";
	std::string count = std::to_string(preserved);
	char *const argv[] = {name.data(), count.data(), nullptr};
	SpawnChild child = {fds.data(), static_cast<int>(fds.size()), helper, argv, (flags & CLONE_NEWUSER) != 0};
	Cloned cloned;
	{
		const AllSignalsBlocked blocked;
		cloned = clone_process(
		    {flags | CLONE_VM | CLONE_VFORK, cgroup, run_spawn_child, &child, stack.base(), stack_size});
	}
	if (cloned.pid < 0) return throw_system_error(env, cloned.syscall, errno);
	OwnedDescriptor pidfd(cloned.pidfd);
	if (child.failed != nullptr) {
		while (waitpid(cloned.pid, nullptr, __WALL) < 0 && errno == EINTR) continue;
		return throw_system_error(env, child.failed, child.error);
	}
	Napi::Object result = Napi::Object::New(env);
	result.Set("pid", cloned.pid);
	result.Set("pidfd", pidfd.release());
	result.Set("intoCgroup", cloned.into_cgroup);
	return result;
}

} // namespace

void init_spawn(Napi::Env, Napi::Object exports) {
	offer(exports, "spawnInit", spawn_init);
}

} // namespace tsrun
