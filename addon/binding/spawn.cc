#include "spawn.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "arguments.h"
#include "clone.h"
#include "init_image.h"
#include "module.h"
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

Spawned failure(const char *syscall, int error) {
	Spawned spawned;
	spawned.failed = syscall;
	spawned.error = error;
	return spawned;
}

// The next attempt has the same channel, and may be made outside of the cgroup.
void take_back(int helpers_end) {
	char message;
	recv(helpers_end, &message, sizeof message, MSG_DONTWAIT);
}

Spawned attempt(Request request, bool fresh_helper) {
	const char *syscall = nullptr;
	const OwnedDescriptor helper = open_init_image(fresh_helper, &syscall);
	if (!helper.valid()) return failure(syscall, errno);
	const Stack stack;
	if (!stack.valid()) return failure("mmap", errno);
	std::string name = "tsrun-init";
	char *const argv[] = {name.data(), request.preserved.data(), nullptr};
	SpawnChild child = {request.fds.data(),
	                    static_cast<int>(request.fds.size()),
	                    helper.get(),
	                    argv,
	                    (request.flags & CLONE_NEWUSER) != 0,
	                    request.channel,
	                    request.message.data(),
	                    request.message.size()};
	Cloned cloned;
	{
		const AllSignalsBlocked blocked;
		cloned = clone_process({request.flags | CLONE_VM | CLONE_VFORK, request.cgroup, child.into_cgroup,
		                        run_spawn_child, &child, stack.base(), stack_size});
	}
	if (cloned.pid < 0) return failure(cloned.syscall, errno);
	Spawned spawned;
	spawned.pid = cloned.pid;
	spawned.pidfd = OwnedDescriptor(cloned.pidfd);
	spawned.into_cgroup = child.into_cgroup;
	spawned.told = child.told;
	spawned.stillborn = !child.began && child.into_cgroup;
	if (child.failed == nullptr && !spawned.stillborn) return spawned;
	if (child.told) take_back(request.helpers_end);
	while (waitpid(cloned.pid, nullptr, __WALL) < 0 && errno == EINTR) continue;
	if (spawned.stillborn) return spawned;
	return failure(child.failed, child.error);
}

// A container can get hold of the helper's memfd: a program of its image whose interpreter is /proc/self/exe is run by
// the helper, for the container to open. It cannot write there, but as long as it has it open for writing nobody can
// execute it (ETXTBSY), and before Linux 6.3 has a seal against it, it may take the right to execute away (EACCES). A
// memfd that no container has seen yet is out of its reach.
Spawned spawn_unspoiled(const Request &request) {
	Spawned spawned = attempt(request, false);
	const bool spoiled = spawned.failed != nullptr && (spawned.error == ETXTBSY || spawned.error == EACCES);
	return spoiled ? attempt(request, true) : std::move(spawned);
}

} // namespace

// Linux (seen with 6.18) takes a clone into a cgroup that was killed once, by cgroup.kill, for one that has been
// overtaken by the kill: it compares the count of kills of that cgroup with that of the caller's
// (kernel/cgroup/cgroup.c, cgroup_post_fork). Such a cgroup can be entered all the same.
Spawned spawn(Request request) {
	Spawned spawned = spawn_unspoiled(request);
	if (!spawned.stillborn) return spawned;
	request.cgroup = -1;
	return spawn_unspoiled(request);
}

bool read_request(const Napi::CallbackInfo &info, Request *request) {
	const Napi::Env env = info.Env();
	Arguments in(info, {"flags", "cgroup", "fds", "preserved", "channel", "message"});
	const int preserved = in.integer(3);
	*request = {in.wide(0), in.integer(1), in.integers(2), std::to_string(preserved), in.integer(4), -1, {}};
	const Bytes message = in.bytes(5);
	if (in.refused()) return false;
	if (preserved < 0) {
		throw_system_error(env, "clone3", EINVAL);
		return false;
	}
	// addon/init/main.c: it comes after standard streams and preserved descriptors.
	const size_t channel = 3 + static_cast<size_t>(preserved);
	if (channel < request->fds.size()) request->helpers_end = request->fds[channel];
	request->message.assign(reinterpret_cast<const char *>(message.data), message.size);
	// Beside plain mistakes this keeps CLONE_NEWTIME out: its bit is part of the exit signal for clone(2).
	if ((request->flags & ~allowed_flags) != 0) {
		throw_system_error(env, "clone3", EINVAL);
		return false;
	}
	// Checked here because a copy made by the child could take the number of a descriptor that is not open.
	for (const int fd : request->fds) {
		if (fd < 0 || fcntl(fd, F_GETFD) >= 0) continue;
		throw_system_error(env, "fcntl", errno);
		return false;
	}
	return true;
}

Napi::Value result_of(Napi::Env env, Spawned spawned) {
	if (spawned.failed != nullptr) return throw_system_error(env, spawned.failed, spawned.error);
	Napi::Object result = Napi::Object::New(env);
	result.Set("pid", spawned.pid);
	result.Set("pidfd", spawned.pidfd.release());
	result.Set("intoCgroup", spawned.into_cgroup);
	result.Set("told", spawned.told);
	return result;
}

namespace {

Napi::Value spawn_init(const Napi::CallbackInfo &info) {
	Request request;
	if (!read_request(info, &request)) return {};
	return result_of(info.Env(), spawn(request));
}

} // namespace

void init_spawn(Napi::Env, Napi::Object exports) {
	offer<spawn_init>(exports, "spawnInit");
}

} // namespace tsrun
