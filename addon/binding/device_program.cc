#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

// As many as the kernel attaches to one cgroup (BPF_CGROUP_MAX_PROGS in kernel/bpf/cgroup.c).
constexpr uint32_t most_programs = 64;

int bpf(bpf_cmd command, bpf_attr &attributes) {
	return static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

uint64_t address(const void *pointer) {
	return reinterpret_cast<uintptr_t>(pointer);
}

// Before Linux 5.11 programs are charged to RLIMIT_MEMLOCK, whose usual 64 KiB may be used up by others of the same
// user. Raised for the one call: the limit is inherited by whatever this process starts.
class MemlockRaised {
      public:
	MemlockRaised() {
		if (getrlimit(RLIMIT_MEMLOCK, &before_) != 0) return;
		const rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
		const rlimit most = {before_.rlim_max, before_.rlim_max};
		raised_ = setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0 || setrlimit(RLIMIT_MEMLOCK, &most) == 0;
	}
	MemlockRaised(const MemlockRaised &) = delete;
	MemlockRaised &operator=(const MemlockRaised &) = delete;
	~MemlockRaised() {
		const int error = errno;
		if (raised_) setrlimit(RLIMIT_MEMLOCK, &before_);
		errno = error;
	}

      private:
	rlimit before_ = {};
	bool raised_ = false;
};

// The verifier gives up with EAGAIN when the thread has a signal to handle, and a program of a few hundred rules takes
// it longer than the pause between two samples of a profiler.
class SignalsBlocked {
      public:
	SignalsBlocked() {
		sigset_t all;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before_);
	}
	SignalsBlocked(const SignalsBlocked &) = delete;
	SignalsBlocked &operator=(const SignalsBlocked &) = delete;
	~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

      private:
	sigset_t before_;
};

int load(const Bytes &instructions) {
	const SignalsBlocked blocked;
	bpf_attr attributes = {};
	attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attributes.insns = address(instructions.data);
	attributes.insn_cnt = static_cast<uint32_t>(instructions.size / sizeof(bpf_insn));
	attributes.license = address("Apache-2.0");
	const int fd = bpf(BPF_PROG_LOAD, attributes);
	if (fd >= 0 || errno != EPERM) return fd;
	const MemlockRaised raised;
	return bpf(BPF_PROG_LOAD, attributes);
}

// The programs attached to this cgroup itself; false with errno.
bool attached(int cgroup, std::vector<OwnedDescriptor> *programs) {
	uint32_t ids[most_programs] = {};
	bpf_attr query = {};
	query.query.target_fd = static_cast<uint32_t>(cgroup);
	query.query.attach_type = BPF_CGROUP_DEVICE;
	query.query.prog_ids = address(ids);
	query.query.prog_cnt = most_programs;
	if (bpf(BPF_PROG_QUERY, query) != 0) return false;
	for (uint32_t index = 0; index < query.query.prog_cnt; index++) {
		bpf_attr by_id = {};
		by_id.prog_id = ids[index];
		OwnedDescriptor program(bpf(BPF_PROG_GET_FD_BY_ID, by_id));
		// Detached and gone between the two calls.
		if (!program.valid() && errno == ENOENT) continue;
		if (!program.valid()) return false;
		programs->push_back(std::move(program));
	}
	return true;
}

// `replaced` is -1, or the program whose place this one takes.
int attach(int cgroup, int program, int replaced) {
	bpf_attr attributes = {};
	attributes.target_fd = static_cast<uint32_t>(cgroup);
	attributes.attach_bpf_fd = static_cast<uint32_t>(program);
	attributes.attach_type = BPF_CGROUP_DEVICE;
	attributes.attach_flags = BPF_F_ALLOW_MULTI;
	if (replaced >= 0) {
		attributes.attach_flags |= BPF_F_REPLACE;
		attributes.replace_bpf_fd = static_cast<uint32_t>(replaced);
	}
	return bpf(BPF_PROG_ATTACH, attributes);
}

int detach(int cgroup, int program) {
	bpf_attr attributes = {};
	attributes.target_fd = static_cast<uint32_t>(cgroup);
	attributes.attach_bpf_fd = static_cast<uint32_t>(program);
	attributes.attach_type = BPF_CGROUP_DEVICE;
	return bpf(BPF_PROG_DETACH, attributes);
}

Napi::Value load_device_program(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const Bytes instructions = in.bytes(0);
	if (in.refused()) return {};
	const int program = load(instructions);
	if (program < 0) return throw_system_error(info.Env(), "bpf", errno);
	return Napi::Number::New(info.Env(), program);
}

Napi::Value set_device_program(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string directory = in.text(0);
	const int program = in.integer(1);
	if (in.refused()) return {};
	const OwnedDescriptor cgroup(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (!cgroup.valid()) return throw_system_error(env, "open", errno, directory.c_str());
	const auto failed = [&] { return throw_system_error(env, "bpf", errno, directory.c_str()); };

	std::vector<OwnedDescriptor> old;
	if (!attached(cgroup.get(), &old)) return failed();
	// With one program to replace there is no moment with none, nor one with both (Linux 5.6). An older kernel says
	// EINVAL, and gets what several programs get: the new one first, since an access has to pass all of them.
	const bool replaced = old.size() == 1 && attach(cgroup.get(), program, old.front().get()) == 0;
	if (old.size() == 1 && !replaced && errno != EINVAL) return failed();
	if (replaced) return env.Undefined();
	if (attach(cgroup.get(), program, -1) != 0) return failed();
	for (const OwnedDescriptor &other : old) {
		if (detach(cgroup.get(), other.get()) != 0 && errno != ENOENT) return failed();
	}
	return env.Undefined();
}

} // namespace

void init_device_program(Napi::Env, Napi::Object exports) {
	offer(exports, "loadDeviceProgram", load_device_program);
	offer(exports, "setDeviceProgram", set_device_program);
}

} // namespace tsrun
