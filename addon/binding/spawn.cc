#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <vector>

#include "arguments.h"
#include "clone.h"
#include "helper.h"
#include "module.h"
#include "owned_descriptor.h"
#include "spawn_child.h"
#include "system_error.h"
#include "thread.h"

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

// What one attempt needs. The child overwrites the descriptors it is given, so each attempt has its own.
struct Request {
	uint64_t flags;
	int cgroup;
	std::vector<int> fds;
	std::string preserved;
};

struct Spawned {
	int pid = -1;
	OwnedDescriptor pidfd;
	bool into_cgroup = false;
	const char *failed = nullptr; // the system call; null: the helper runs
	int error = 0;
};

Spawned failure(const char *syscall, int error) {
	Spawned spawned;
	spawned.failed = syscall;
	spawned.error = error;
	return spawned;
}

Spawned attempt(Request request, bool fresh_helper) {
	const char *syscall = nullptr;
	const OwnedDescriptor helper = open_helper(fresh_helper, &syscall);
	if (!helper.valid()) return failure(syscall, errno);
	const Stack stack;
	if (!stack.valid()) return failure("mmap", errno);
	std::string name = "tsrun-init";
	char *const argv[] = {name.data(), request.preserved.data(), nullptr};
	SpawnChild child = {request.fds.data(), static_cast<int>(request.fds.size()), helper.get(), argv,
	                    (request.flags & CLONE_NEWUSER) != 0};
	Cloned cloned;
	{
		const AllSignalsBlocked blocked;
		cloned = clone_process({request.flags | CLONE_VM | CLONE_VFORK, request.cgroup, run_spawn_child, &child,
		                        stack.base(), stack_size});
	}
	if (cloned.pid < 0) return failure(cloned.syscall, errno);
	Spawned spawned;
	spawned.pid = cloned.pid;
	spawned.pidfd = OwnedDescriptor(cloned.pidfd);
	spawned.into_cgroup = cloned.into_cgroup;
	if (child.failed == nullptr) return spawned;
	while (waitpid(cloned.pid, nullptr, __WALL) < 0 && errno == EINTR) continue;
	return failure(child.failed, child.error);
}

// A container can get hold of the helper's memfd: a program of its image whose interpreter is /proc/self/exe is run by
// the helper, for the container to open. It cannot write there, but as long as it has it open for writing nobody can
// execute it (ETXTBSY), and before Linux 6.3 has a seal against it, it may take the right to execute away (EACCES). A
// memfd that no container has seen yet is out of its reach.
Spawned spawn(const Request &request) {
	Spawned spawned = attempt(request, false);
	const bool spoiled = spawned.failed != nullptr && (spawned.error == ETXTBSY || spawned.error == EACCES);
	return spoiled ? attempt(request, true) : std::move(spawned);
}

// False: an exception is pending.
bool read_request(const Napi::CallbackInfo &info, Request *request) {
	const Napi::Env env = info.Env();
	Arguments in(info, {"flags", "cgroup", "fds", "preserved"});
	*request = {in.wide(0), in.integer(1), in.integers(2), std::to_string(in.integer(3))};
	if (in.refused()) return false;
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
	return result;
}

Napi::Value spawn_init(const Napi::CallbackInfo &info) {
	Request request;
	if (!read_request(info, &request)) return {};
	return result_of(info.Env(), spawn(request));
}

struct Job {
	Request request;
	OwnedDescriptor answer;
};

void *spawn_in_thread(void *argument) {
	const std::unique_ptr<Job> job(static_cast<Job *>(argument));
	auto spawned = std::make_unique<Spawned>(spawn(job->request));
	// Within one process the message can be the pointer. It is only not taken when the JavaScript environment has
	// ended: the helper finds its channel closed then, and ends as well.
	Spawned *const message = spawned.get();
	if (send(job->answer.get(), &message, sizeof message, MSG_NOSIGNAL) == sizeof message) spawned.release();
	return nullptr;
}

// As with a lock that is waited for (lock.cc): no thread ever calls into JavaScript.
Napi::Value spawn_init_begin(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	auto job = std::make_unique<Job>();
	if (!read_request(info, &job->request)) return {};
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
		return throw_system_error(env, "socketpair", errno);
	OwnedDescriptor mine(ends[0]);
	job->answer = OwnedDescriptor(ends[1]);
	if (const int error = start_thread(spawn_in_thread, job.get()))
		return throw_system_error(env, "pthread_create", error);
	job.release(); // the thread's
	return Napi::Number::New(env, mine.release());
}

Napi::Value spawn_init_end(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int answer = in.integer(0);
	if (in.refused()) return {};
	Spawned *message = nullptr;
	const ssize_t length = recv(answer, &message, sizeof message, MSG_DONTWAIT);
	if (length != sizeof message) return throw_system_error(env, "recv", length < 0 ? errno : ECONNRESET);
	const std::unique_ptr<Spawned> spawned(message);
	return result_of(env, std::move(*spawned));
}

} // namespace

void init_spawn(Napi::Env, Napi::Object exports) {
	offer(exports, "spawnInit", spawn_init);
	offer(exports, "spawnInitBegin", spawn_init_begin);
	offer(exports, "spawnInitEnd", spawn_init_end);
}

} // namespace tsrun
