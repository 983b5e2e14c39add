#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/file.h>
#include <sys/socket.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"
#include "thread.h"

namespace tsrun {

namespace {

Napi::Value try_lock(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const bool exclusive = in.boolean(1);
	if (in.refused()) return {};
	if (flock(fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) return Napi::Boolean::New(info.Env(), true);
	if (errno == EWOULDBLOCK) return Napi::Boolean::New(info.Env(), false);
	return throw_system_error(info.Env(), "flock", errno);
}

struct Wait {
	OwnedDescriptor file;
	OwnedDescriptor answer;
	int operation;
};

void *wait_for_lock(void *argument) {
	const std::unique_ptr<Wait> wait(static_cast<Wait *>(argument));
	int result;
	do result = flock(wait->file.get(), wait->operation) == 0 ? 0 : errno;
	while (result == EINTR);
	// Our copy goes first: who hears the answer and closes the file right away has given the lock back by that. It
	// also gives the lock back when the wait was given up and the file closed; then nobody hears the answer.
	wait->file = OwnedDescriptor();
	send(wait->answer.get(), &result, sizeof result, MSG_NOSIGNAL);
	return nullptr;
}

// A thread of its own, not one of the engine's pool: that has four, and four waiters would stop the very file
// operations that the lock's holder needs to finish. The answer comes through a socket, so that no thread ever calls
// into JavaScript and a wait is given up by closing a descriptor.
Napi::Value wait_lock(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int fd = in.integer(0);
	const bool exclusive = in.boolean(1);
	if (in.refused()) return {};
	auto wait = std::make_unique<Wait>();
	wait->operation = exclusive ? LOCK_EX : LOCK_SH;
	wait->file = OwnedDescriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	if (!wait->file.valid()) return throw_system_error(env, "fcntl", errno);
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
		return throw_system_error(env, "socketpair", errno);
	OwnedDescriptor mine(ends[0]);
	wait->answer = OwnedDescriptor(ends[1]);
	if (const int error = start_thread(wait_for_lock, wait.get()))
		return throw_system_error(env, "pthread_create", error);
	wait.release(); // the thread's
	return Napi::Number::New(env, mine.release());
}

} // namespace

void init_lock(Napi::Env, Napi::Object exports) {
	offer<try_lock>(exports, "flock");
	offer<wait_lock>(exports, "flockWait");
}

} // namespace tsrun
