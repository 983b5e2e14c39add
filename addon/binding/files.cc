#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "system_error.h"

namespace tsrun {

namespace {

// Finds the piece of the buffer that (offset, length), the second and third value, name.
bool piece_of(Napi::Env env, Bytes buffer, int offset, int length, Bytes *piece) {
	const bool inside = offset >= 0 && length >= 0 && static_cast<size_t>(offset) <= buffer.size &&
	                    static_cast<size_t>(length) <= buffer.size - static_cast<size_t>(offset);
	if (!inside)
		Napi::RangeError::New(env, "offset and length lie outside of the buffer").ThrowAsJavaScriptException();
	else
		*piece = {buffer.data + offset, static_cast<size_t>(length)};
	return inside;
}

template <typename Transfer>
Napi::Value transfer(const Napi::CallbackInfo &info, const char *name, Transfer call) {
	Arguments in(info);
	const int fd = in.integer(0);
	const Bytes buffer = in.bytes(1);
	const int offset = in.integer(2);
	const int length = in.integer(3);
	Bytes piece;
	if (in.refused() || !piece_of(info.Env(), buffer, offset, length, &piece)) return {};
	ssize_t size;
	do size = call(fd, piece.data, piece.size);
	while (size < 0 && errno == EINTR);
	if (size < 0 && errno == EAGAIN) return info.Env().Undefined();
	if (size < 0) return throw_system_error(info.Env(), name, errno);
	return Napi::Number::New(info.Env(), static_cast<double>(size));
}

Napi::Value read_some(const Napi::CallbackInfo &info) {
	return transfer(info, "read", ::read);
}

// SIGPIPE is ignored by Node and by Bun alike: a closed reader is EPIPE here.
Napi::Value write_some(const Napi::CallbackInfo &info) {
	return transfer(info, "write", ::write);
}

Napi::Value open_beneath(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const int directory = in.integer(0);
	const std::string path = in.text(1);
	const int flags = in.integer(2);
	const int mode = in.integer(3);
	const uint64_t resolve = in.wide(4);
	if (in.refused()) return {};
	open_how how = {};
	how.flags = static_cast<uint64_t>(static_cast<uint32_t>(flags)) | O_CLOEXEC;
	how.mode = static_cast<uint64_t>(static_cast<uint32_t>(mode));
	how.resolve = resolve;
	// EAGAIN: a rename or mount somewhere on the machine raced with ".." (openat2(2)); bounded, because a container
	// could go on renaming for ever.
	long fd = -1;
	for (int attempt = 0; attempt < 128; attempt++) {
		fd = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
	}
	if (fd < 0) return throw_system_error(env, "openat2", errno, path.c_str());
	return Napi::Number::New(env, static_cast<double>(fd));
}

Napi::Value set_flag(const Napi::CallbackInfo &info, int get, int set, int flag) {
	Arguments in(info);
	const int fd = in.integer(0);
	const bool on = in.boolean(1);
	if (in.refused()) return {};
	const int flags = fcntl(fd, get);
	const int wanted = on ? flags | flag : flags & ~flag;
	if (flags < 0 || (wanted != flags && fcntl(fd, set, wanted) < 0))
		return throw_system_error(info.Env(), "fcntl", errno);
	return info.Env().Undefined();
}

Napi::Value set_non_blocking(const Napi::CallbackInfo &info) {
	return set_flag(info, F_GETFL, F_SETFL, O_NONBLOCK);
}

Napi::Value set_cloexec(const Napi::CallbackInfo &info) {
	return set_flag(info, F_GETFD, F_SETFD, FD_CLOEXEC);
}

Napi::Value dup_cloexec(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const int lowest = in.integer(1);
	if (in.refused()) return {};
	const int copy = fcntl(fd, F_DUPFD_CLOEXEC, lowest);
	if (copy < 0) return throw_system_error(info.Env(), "fcntl", errno);
	return Napi::Number::New(info.Env(), copy);
}

Napi::Value statfs_type(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const bool by_path = in.is_text(0);
	const std::string path = by_path ? in.text(0) : std::string();
	const int fd = by_path ? -1 : in.integer(0);
	if (in.refused()) return {};
	struct statfs result;
	const int status = by_path ? statfs(path.c_str(), &result) : fstatfs(fd, &result);
	if (status != 0)
		return throw_system_error(info.Env(), by_path ? "statfs" : "fstatfs", errno,
		                          by_path ? path.c_str() : nullptr);
	// Magic numbers are 32 bits wide; some architectures hold them in a signed type.
	return Napi::Number::New(info.Env(), static_cast<uint32_t>(result.f_type));
}

} // namespace

void init_files(Napi::Env, Napi::Object exports) {
	offer<read_some>(exports, "read");
	offer<write_some>(exports, "write");
	offer<open_beneath>(exports, "openat2");
	offer<set_non_blocking>(exports, "setNonBlocking");
	offer<set_cloexec>(exports, "setCloexec");
	offer<dup_cloexec>(exports, "dupCloexec");
	offer<statfs_type>(exports, "statfsType");
}

} // namespace tsrun
