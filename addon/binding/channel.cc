#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

constexpr size_t max_descriptors = 253; // SCM_MAX_FD of the kernel

Napi::Value pair_of(Napi::Env env, int first, int second) {
	Napi::Array pair = Napi::Array::New(env, 2);
	pair.Set(0U, first);
	pair.Set(1U, second);
	return pair;
}

Napi::Value socket_pair(const Napi::CallbackInfo &info) {
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return throw_system_error(info.Env(), "socketpair", errno);
	OwnedDescriptor host(ends[0]);
	OwnedDescriptor other(ends[1]);
	if (fcntl(host.get(), F_SETFL, O_NONBLOCK) != 0) return throw_system_error(info.Env(), "fcntl", errno);
	return pair_of(info.Env(), host.release(), other.release());
}

Napi::Value make_pipe(const Napi::CallbackInfo &info) {
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0) return throw_system_error(info.Env(), "pipe2", errno);
	return pair_of(info.Env(), ends[0], ends[1]);
}

Napi::Value send_message(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int fd = in.integer(0);
	const Bytes bytes = in.bytes(1);
	const std::vector<int> fds = in.integers(2);
	if (in.refused()) return {};
	if (fds.size() > max_descriptors) return throw_system_error(env, "sendmsg", ETOOMANYREFS);

	iovec data = {bytes.data, bytes.size};
	alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_descriptors)] = {};
	msghdr message = {};
	message.msg_iov = &data;
	message.msg_iovlen = 1;
	if (!fds.empty()) {
		const size_t size = sizeof(int) * fds.size();
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(size);
		cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(header), fds.data(), size);
	}
	ssize_t sent;
	do sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EAGAIN) return Napi::Boolean::New(env, false);
	if (sent < 0) return throw_system_error(env, "sendmsg", errno);
	// Only a stream takes a part: the caller that uses one for longer texts than its buffer must not believe it all
	// sent.
	if (static_cast<size_t>(sent) != bytes.size) return throw_system_error(env, "sendmsg", EMSGSIZE);
	return Napi::Boolean::New(env, true);
}

std::vector<OwnedDescriptor> received_descriptors(msghdr *message) {
	std::vector<OwnedDescriptor> result;
	for (cmsghdr *header = CMSG_FIRSTHDR(message); header != nullptr; header = CMSG_NXTHDR(message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
		const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
			result.emplace_back(fd);
		}
	}
	return result;
}

Napi::Value receive_message(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int fd = in.integer(0);
	const int max = in.integer(1);
	if (in.refused()) return {};
	if (max <= 0) return throw_system_error(env, "recvmsg", EINVAL);

	std::vector<uint8_t> bytes(static_cast<size_t>(max));
	iovec data = {bytes.data(), bytes.size()};
	alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_descriptors)];
	msghdr message = {};
	message.msg_iov = &data;
	message.msg_iovlen = 1;
	message.msg_control = control;
	message.msg_controllen = sizeof control;
	ssize_t size;
	do size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (size < 0 && errno == EINTR);
	if (size < 0 && errno == EAGAIN) return env.Undefined();
	if (size < 0) return throw_system_error(env, "recvmsg", errno);

	// Owned from here on: whatever is wrong with the message, no descriptor of the sender's choice stays open.
	std::vector<OwnedDescriptor> came = received_descriptors(&message);
	if ((message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) return throw_system_error(env, "recvmsg", EMSGSIZE);
	Napi::Object result = Napi::Object::New(env);
	result.Set("data", Napi::Buffer<uint8_t>::Copy(env, bytes.data(), static_cast<size_t>(size)));
	Napi::Array fds = Napi::Array::New(env, came.size());
	for (uint32_t i = 0; i < came.size(); i++) fds.Set(i, came[i].get());
	result.Set("fds", fds);
	if (env.IsExceptionPending()) return {};
	for (auto &descriptor : came) descriptor.release();
	return result;
}

} // namespace

void init_channel(Napi::Env, Napi::Object exports) {
	offer<socket_pair>(exports, "socketPair");
	offer<make_pipe>(exports, "pipe");
	offer<send_message>(exports, "send");
	offer<receive_message>(exports, "receive");
}

} // namespace tsrun
