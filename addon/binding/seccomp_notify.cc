// The kernel's side of SCMP_ACT_NOTIFY: seccomp_unotify(2), and what one has to look at in the process that waits.
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

namespace tsrun {

namespace {

long seccomp(unsigned operation, unsigned flags, void *argument) {
	return syscall(SYS_seccomp, operation, flags, argument);
}

// The kernel writes its own idea of the struct, which grows with the years.
size_t notification_size() {
	static const size_t size = [] {
		seccomp_notif_sizes sizes = {};
		const bool known = seccomp(SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0;
		return known && sizes.seccomp_notif > sizeof(seccomp_notif) ? sizes.seccomp_notif
		                                                            : sizeof(seccomp_notif);
	}();
	return size;
}

Napi::Value notification_of(Napi::Env env, const seccomp_notif &notification) {
	Napi::Object result = Napi::Object::New(env);
	result.Set("id", Napi::BigInt::New(env, static_cast<uint64_t>(notification.id)));
	result.Set("pid", notification.pid);
	result.Set("number", notification.data.nr);
	result.Set("architecture", notification.data.arch);
	result.Set("instruction", Napi::BigInt::New(env, static_cast<uint64_t>(notification.data.instruction_pointer)));
	Napi::Array args = Napi::Array::New(env, 6);
	for (uint32_t i = 0; i < 6; i++)
		args.Set(i, Napi::BigInt::New(env, static_cast<uint64_t>(notification.data.args[i])));
	result.Set("args", args);
	return result;
}

Napi::Value receive(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int listener = in.integer(0);
	if (in.refused()) return {};
	// The ioctl itself waits, and has no flag against it.
	pollfd wait = {listener, POLLIN, 0};
	if (poll(&wait, 1, 0) < 0) return throw_system_error(env, "poll", errno);
	if ((wait.revents & POLLIN) == 0) return env.Undefined();
	// Of 64-bit words for the alignment; zeroed, as the kernel demands.
	std::vector<uint64_t> space((notification_size() + sizeof(uint64_t) - 1) / sizeof(uint64_t));
	int result;
	do result = ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, space.data());
	while (result != 0 && errno == EINTR);
	// ENOENT: the caller was killed between the poll and now.
	if (result != 0 && errno == ENOENT) return env.Undefined();
	if (result != 0) return throw_system_error(env, "ioctl", errno);
	return notification_of(env, *reinterpret_cast<const seccomp_notif *>(space.data()));
}

Napi::Value respond(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int listener = in.integer(0);
	seccomp_notif_resp response = {};
	response.id = in.wide(1);
	response.val = static_cast<int64_t>(in.wide(2));
	response.error = in.integer(3);
	response.flags = in.boolean(4) ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
	if (in.refused()) return {};
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throw_system_error(env, "ioctl", errno);
}

Napi::Value pending(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int listener = in.integer(0);
	uint64_t id = in.wide(1);
	if (in.refused()) return {};
	int result = ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
#ifdef SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR
	// Linux before 5.9 had the direction wrong in its number.
	if (result != 0 && errno == EINVAL) result = ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR, &id);
#endif
	if (result == 0) return Napi::Boolean::New(env, true);
	if (errno == ENOENT) return Napi::Boolean::New(env, false);
	return throw_system_error(env, "ioctl", errno);
}

Napi::Value add_descriptor(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int listener = in.integer(0);
	seccomp_notif_addfd request = {};
	request.id = in.wide(1);
	request.srcfd = static_cast<uint32_t>(in.integer(2));
	request.newfd_flags = static_cast<uint32_t>(in.integer(3));
	request.flags = in.boolean(4) ? SECCOMP_ADDFD_FLAG_SEND : 0;
	if (in.refused()) return {};
	const int fd = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &request);
	if (fd >= 0) return Napi::Number::New(env, fd);
	if (errno == ENOENT) return env.Undefined();
	return throw_system_error(env, "ioctl", errno);
}

Napi::Value read_memory(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int pid = in.integer(0);
	const uint64_t address = in.wide(1);
	const Bytes buffer = in.bytes(2);
	if (in.refused()) return {};
	const iovec local = {buffer.data, buffer.size};
	const iovec remote = {reinterpret_cast<void *>(static_cast<uintptr_t>(address)), buffer.size};
	const ssize_t size = process_vm_readv(pid, &local, 1, &remote, 1, 0);
	if (size < 0) return throw_system_error(env, "process_vm_readv", errno);
	return Napi::Number::New(env, static_cast<double>(size));
}

// PIDFD_THREAD of Linux 6.9: a thread may have descriptors of its own.
Napi::Value pidfd_open_thread(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int tid = in.integer(0);
	if (in.refused()) return {};
	const long fd = syscall(SYS_pidfd_open, tid, O_EXCL);
	if (fd < 0) return throw_system_error(info.Env(), "pidfd_open", errno);
	return Napi::Number::New(info.Env(), static_cast<double>(fd));
}

Napi::Value pidfd_getfd(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int pidfd = in.integer(0);
	const int fd = in.integer(1);
	if (in.refused()) return {};
	const long copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy < 0) return throw_system_error(info.Env(), "pidfd_getfd", errno);
	return Napi::Number::New(info.Env(), static_cast<double>(copy));
}

// A filter of null is refused with EFAULT, but flags the kernel does not know with EINVAL before (seccomp(2)).
Napi::Value knows_flags(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int flags = in.integer(0);
	if (in.refused()) return {};
	const long result = seccomp(SECCOMP_SET_MODE_FILTER, static_cast<unsigned>(flags), nullptr);
	return Napi::Boolean::New(info.Env(), result < 0 && errno == EFAULT);
}

} // namespace

void init_seccomp_notify(Napi::Env, Napi::Object exports) {
	offer<receive>(exports, "seccompReceive");
	offer<respond>(exports, "seccompRespond");
	offer<pending>(exports, "seccompPending");
	offer<add_descriptor>(exports, "seccompAddDescriptor");
	offer<knows_flags>(exports, "seccompKnowsFlags");
	offer<read_memory>(exports, "readMemory");
	offer<pidfd_open_thread>(exports, "pidfdOpenThread");
	offer<pidfd_getfd>(exports, "pidfdGetfd");
}

} // namespace tsrun
