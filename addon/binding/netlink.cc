#include <cerrno>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"
#include "thread.h"

namespace tsrun {

namespace {

struct Request {
	int space; // -1: our own network namespace
	int fd;
	int error;
	const char *failed;
};

void open_socket(Request *request) {
	request->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (request->fd < 0) {
		request->failed = "socket";
		request->error = errno;
		return;
	}
	// The kernel's own words in place of a bare EINVAL, and no copy of the request before them. Kernels before 4.12
	// answer without.
	const int on = 1;
	(void)setsockopt(request->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
	(void)setsockopt(request->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
}

// A socket is for ever of the namespace it was made in, and setns(2) for that kind is of one thread: this one ends with
// it, the engine's stay where they are.
void *open_elsewhere(void *argument) {
	auto *request = static_cast<Request *>(argument);
	if (setns(request->space, CLONE_NEWNET) != 0) {
		request->failed = "setns";
		request->error = errno;
		return nullptr;
	}
	open_socket(request);
	return nullptr;
}

Napi::Value route_socket(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	Request request = {in.integer(0), -1, 0, nullptr};
	if (in.refused()) return {};
	if (request.space == -1) {
		open_socket(&request);
	} else if (const int error = run_in_thread(open_elsewhere, &request)) {
		return throw_system_error(env, "pthread_create", error);
	}
	if (request.failed != nullptr) return throw_system_error(env, request.failed, request.error);
	OwnedDescriptor made(request.fd);
	return Napi::Number::New(env, made.release());
}

} // namespace

void init_netlink(Napi::Env, Napi::Object exports) {
	offer<route_socket>(exports, "routeSocket");
}

} // namespace tsrun
