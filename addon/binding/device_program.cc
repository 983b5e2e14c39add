#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <linux/bpf.h>
#include <list>
#include <mutex>
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
// user. Raised for the one call, and not while a helper may be cloned beside it: the limit is inherited by whatever
// this process starts.
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

int load(const Bytes &instructions, bool may_raise_limit) {
	const SignalsBlocked blocked;
	bpf_attr attributes = {};
	attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attributes.insns = address(instructions.data);
	attributes.insn_cnt = static_cast<uint32_t>(instructions.size / sizeof(bpf_insn));
	attributes.license = address("Apache-2.0");
	const int fd = bpf(BPF_PROG_LOAD, attributes);
	if (fd >= 0 || errno != EPERM || !may_raise_limit) return fd;
	const MemlockRaised raised;
	return bpf(BPF_PROG_LOAD, attributes);
}

// The programs that were loaded last, the latest one at the end. The kernel takes 0.4 ms to verify one, of the 7 that a
// container takes where many are made, and most containers of a host have the same, which may be attached to any number
// of cgroups. One cache for the process: of a thread's own nobody would close the descriptors at its end.
class Programs {
      public:
	static constexpr size_t most = 8;

	// The descriptor stays the cache's, and is good as long as its lock is held; -1 with errno.
	int get(const Bytes &instructions, bool may_raise_limit) {
		std::string key(reinterpret_cast<const char *>(instructions.data), instructions.size);
		const auto known = std::find_if(kept_.begin(), kept_.end(),
		                                [&](const Program &program) { return program.instructions == key; });
		if (known != kept_.end()) {
			kept_.splice(kept_.end(), kept_, known);
			return kept_.back().descriptor.get();
		}
		OwnedDescriptor descriptor(load(instructions, may_raise_limit));
		if (!descriptor.valid()) return -1;
		kept_.push_back({std::move(key), std::move(descriptor)});
		if (kept_.size() > most) kept_.pop_front();
		return kept_.back().descriptor.get();
	}

	std::mutex lock;

      private:
	struct Program {
		std::string instructions;
		OwnedDescriptor descriptor;
	};
	std::list<Program> kept_;
};

// Never destroyed: at the end of the process another thread may be at work with it.
Programs &programs() {
	static Programs &all = *new Programs;
	return all;
}

// 0 with errno.
uint32_t id_of(int program) {
	bpf_prog_info about = {};
	bpf_attr attributes = {};
	attributes.info.bpf_fd = static_cast<uint32_t>(program);
	attributes.info.info_len = sizeof about;
	attributes.info.info = address(&about);
	return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0 ? about.id : 0;
}

struct Attached {
	uint32_t id;
	OwnedDescriptor descriptor;
};

// The programs attached to this cgroup itself; false with errno.
bool attached(int cgroup, std::vector<Attached> *found) {
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
		found->push_back({ids[index], std::move(program)});
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

// Puts a program in the place of all that the cgroup has; false with errno.
bool set_program(int cgroup, int program) {
	std::vector<Attached> old;
	if (!attached(cgroup, &old)) return false;
	if (old.empty()) return attach(cgroup, program, -1) == 0;
	// The kernel does not take one that is there already (EINVAL): a cgroup may outlive the container that had it.
	const uint32_t own = id_of(program);
	if (own == 0) return false;
	const auto there = std::find_if(old.begin(), old.end(), [&](const Attached &one) { return one.id == own; });
	if (there != old.end()) {
		old.erase(there);
	} else {
		// With one program to replace there is no moment with none, nor one with both (Linux 5.6). An older
		// kernel says EINVAL, and gets what several programs get: the new one first, since an access has to
		// pass all of them.
		if (old.size() == 1) {
			if (attach(cgroup, program, old.front().descriptor.get()) == 0) return true;
			if (errno != EINVAL) return false;
		}
		if (attach(cgroup, program, -1) != 0) return false;
	}
	for (const Attached &other : old) {
		if (detach(cgroup, other.descriptor.get()) != 0 && errno != ENOENT) return false;
	}
	return true;
}

// loadDeviceProgram(instructions): for setDeviceProgram to find
Napi::Value load_device_program(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const Bytes instructions = in.bytes(0);
	if (in.refused()) return {};
	const std::lock_guard<std::mutex> held(programs().lock);
	if (programs().get(instructions, false) < 0) return throw_system_error(info.Env(), "bpf", errno);
	return info.Env().Undefined();
}

// setDeviceProgram(cgroup, instructions)
Napi::Value set_device_program(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string directory = in.text(0);
	const Bytes instructions = in.bytes(1);
	if (in.refused()) return {};
	const OwnedDescriptor cgroup(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (!cgroup.valid()) return throw_system_error(env, "open", errno, directory.c_str());
	const std::lock_guard<std::mutex> held(programs().lock);
	const int program = programs().get(instructions, true);
	if (program < 0) return throw_system_error(env, "bpf", errno);
	if (!set_program(cgroup.get(), program)) return throw_system_error(env, "bpf", errno, directory.c_str());
	return env.Undefined();
}

} // namespace

void init_device_program(Napi::Env, Napi::Object exports) {
	offer<load_device_program>(exports, "loadDeviceProgram");
	offer<set_device_program>(exports, "setDeviceProgram");
}

} // namespace tsrun
