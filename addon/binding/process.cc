#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <dirent.h>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

namespace tsrun {

namespace {

Napi::Value pidfd_open(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int pid = in.integer(0);
	if (in.refused()) return {};
	const long fd = syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0) return throw_system_error(info.Env(), "pidfd_open", errno);
	return Napi::Number::New(info.Env(), static_cast<double>(fd));
}

Napi::Value pidfd_send_signal(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int pidfd = in.integer(0);
	const int signal = in.integer(1);
	if (in.refused()) return {};
	if (syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) != 0)
		return throw_system_error(info.Env(), "pidfd_send_signal", errno);
	return info.Env().Undefined();
}

int wait_for(idtype_t type, id_t id, siginfo_t *result, int options) {
	*result = {};
	int status;
	do status = waitid(type, id, result, WEXITED | WNOHANG | options);
	while (status < 0 && errno == EINTR);
	return status;
}

Napi::Value exit_of(Napi::Env env, const siginfo_t &result) {
	const bool by_itself = result.si_code == CLD_EXITED;
	Napi::Object exit = Napi::Object::New(env);
	exit.Set("pid", result.si_pid);
	exit.Set("code", by_itself ? result.si_status : 0);
	exit.Set("signal", by_itself ? 0 : result.si_status);
	return exit;
}

Napi::Value reap(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int pid = in.integer(0);
	if (in.refused()) return {};
	siginfo_t result;
	if (wait_for(P_PID, static_cast<id_t>(pid), &result, 0) != 0)
		return throw_system_error(info.Env(), "waitid", errno);
	return result.si_pid == 0 ? info.Env().Undefined() : exit_of(info.Env(), result);
}

// Children of every thread; empty on kernels without CONFIG_PROC_CHILDREN.
std::vector<int> children() {
	std::vector<int> pids;
	DIR *tasks = opendir("/proc/self/task");
	if (tasks == nullptr) return pids;
	while (const dirent *task = readdir(tasks)) {
		if (task->d_name[0] == '.') continue;
		FILE *list = fopen((std::string("/proc/self/task/") + task->d_name + "/children").c_str(), "re");
		if (list == nullptr) continue;
		for (int pid; fscanf(list, "%d", &pid) == 1;) pids.push_back(pid);
		fclose(list);
	}
	closedir(tasks);
	return pids;
}

// A subreaper's orphans and the children of the JavaScript engine look the same to the kernel. So what has ended is
// looked at without being taken (WNOWAIT), and the children the caller wants kept are left to who waits for them.
Napi::Value reap_any(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::vector<int> kept = in.integers(0);
	if (in.refused()) return {};
	siginfo_t result;
	if (wait_for(P_ALL, 0, &result, WNOWAIT) != 0) {
		if (errno == ECHILD) return env.Undefined();
		return throw_system_error(env, "waitid", errno);
	}
	if (result.si_pid == 0) return env.Undefined();

	const auto is_kept = [&](int pid) { return std::find(kept.begin(), kept.end(), pid) != kept.end(); };
	std::vector<int> candidates = {result.si_pid};
	// The kernel names the same ended child until it is taken; others may stand behind one that is kept.
	if (is_kept(result.si_pid)) candidates = children();
	for (const int pid : candidates) {
		if (is_kept(pid)) continue;
		if (wait_for(P_PID, static_cast<id_t>(pid), &result, 0) != 0) {
			if (errno == ECHILD) continue; // somebody else's wait was faster
			return throw_system_error(env, "waitid", errno);
		}
		if (result.si_pid != 0) return exit_of(env, result);
	}
	return env.Undefined();
}

Napi::Value set_subreaper(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const bool on = in.boolean(0);
	if (in.refused()) return {};
	if (prctl(PR_SET_CHILD_SUBREAPER, on ? 1UL : 0UL, 0UL, 0UL, 0UL) != 0)
		return throw_system_error(info.Env(), "prctl", errno);
	return info.Env().Undefined();
}

Napi::Value get_subreaper(const Napi::CallbackInfo &info) {
	int on = 0;
	if (prctl(PR_GET_CHILD_SUBREAPER, &on, 0UL, 0UL, 0UL) != 0)
		return throw_system_error(info.Env(), "prctl", errno);
	return Napi::Boolean::New(info.Env(), on != 0);
}

Napi::Value set_limit(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int pid = in.integer(0);
	const int resource = in.integer(1);
	const uint64_t soft = in.wide(2);
	const uint64_t hard = in.wide(3);
	if (in.refused()) return {};
	// The kernel's struct, 64 bits on every architecture; RLIM_INFINITY is 2^64-1.
	const uint64_t limit[2] = {soft, hard};
	if (syscall(SYS_prlimit64, pid, resource, limit, nullptr) != 0)
		return throw_system_error(info.Env(), "prlimit", errno);
	return info.Env().Undefined();
}

} // namespace

void init_process(Napi::Env, Napi::Object exports) {
	offer<pidfd_open>(exports, "pidfdOpen");
	offer<pidfd_send_signal>(exports, "pidfdSendSignal");
	offer<reap>(exports, "reap");
	offer<reap_any>(exports, "reapAny");
	offer<set_subreaper>(exports, "setSubreaper");
	offer<get_subreaper>(exports, "getSubreaper");
	offer<set_limit>(exports, "prlimit");
}

} // namespace tsrun
