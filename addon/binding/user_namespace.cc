#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/sched.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

// A process that does nothing but keep a new user namespace alive while its maps are written.
class Holder {
      public:
	Holder() {
		const pid_t parent = getpid();
		// Like fork(2), without libc's handlers: the child makes system calls only. Zeros at the end, so the
		// order of the last arguments, which differs between architectures, does not matter.
		pid_ = static_cast<pid_t>(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
		if (pid_ == 0) wait_for_the_end(parent);
	}
	Holder(const Holder &) = delete;
	Holder &operator=(const Holder &) = delete;
	~Holder() {
		if (pid_ < 0) return;
		kill(pid_, SIGKILL); // our child and not reaped yet: the number is still its own
		while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
	}

	pid_t pid() const { return pid_; }
	std::string file(const char *name) const { return "/proc/" + std::to_string(pid_) + "/" + name; }

      private:
	[[noreturn]] static void wait_for_the_end(pid_t parent) {
		sigset_t all;
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, nullptr);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		// The parent's death may have come first; in a new user namespace its pid is still visible.
		while (syscall(SYS_getppid) == parent) syscall(SYS_rt_sigsuspend, &all, 8);
		_exit(0);
	}

	pid_t pid_;
};

bool write_file(const std::string &path, const std::string &text) {
	const OwnedDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
	return file.valid() && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Without CAP_SETGID a gid map is accepted only after setgroups(2) was given up for the namespace (user_namespaces(7)).
bool write_gid_map(const Holder &holder, const std::string &map) {
	if (write_file(holder.file("gid_map"), map)) return true;
	return errno == EPERM && write_file(holder.file("setgroups"), "deny") &&
	       write_file(holder.file("gid_map"), map);
}

Napi::Value user_namespace(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string uid_map = in.text(0);
	const std::string gid_map = in.text(1);
	if (in.refused()) return {};
	const Holder holder;
	if (holder.pid() < 0) return throw_system_error(env, "clone", errno);
	const auto failed = [&](const char *syscall, const char *name) {
		const int error = errno;
		return throw_system_error(env, syscall, error, holder.file(name).c_str());
	};
	if (!write_file(holder.file("uid_map"), uid_map)) return failed("write", "uid_map");
	if (!write_gid_map(holder, gid_map)) return failed("write", "gid_map");
	const int fd = open(holder.file("ns/user").c_str(), O_RDONLY | O_CLOEXEC);
	if (fd < 0) return failed("open", "ns/user");
	return Napi::Number::New(env, fd);
}

} // namespace

void init_user_namespace(Napi::Env, Napi::Object exports) {
	offer<user_namespace>(exports, "userNamespace");
}

} // namespace tsrun
