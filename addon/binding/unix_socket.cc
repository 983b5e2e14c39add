#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

// A pathname as an address. sun_path holds 107 bytes, a state directory may be longer: then the address leads through a
// descriptor of the directory, which has to live as long as the address is used.
struct Address {
	sockaddr_un socket = {};
	socklen_t size = sizeof socket;
	OwnedDescriptor directory;

	const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&socket); }

	bool set(const std::string &path, const std::string &type) {
		socket.sun_family = AF_UNIX;
		// As sd_notify(3) writes it; a connection is never to an address without a file.
		if (type == "dgram" && path[0] == '@') return set_abstract(path.substr(1));
		if (path.empty()) return refuse(ENOENT);
		std::string name = path;
		if (name.size() >= sizeof socket.sun_path) {
			const size_t slash = path.rfind('/');
			const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
			directory = OwnedDescriptor(open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
			if (!directory.valid()) return false;
			name = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + path.substr(slash + 1);
		}
		if (name.size() >= sizeof socket.sun_path) return refuse(ENAMETOOLONG);
		memcpy(socket.sun_path, name.c_str(), name.size() + 1);
		return true;
	}

      private:
	// A name without a file, unix(7): as many bytes as there are, and none for its end.
	bool set_abstract(const std::string &name) {
		if (name.size() >= sizeof socket.sun_path) return refuse(ENAMETOOLONG);
		memcpy(socket.sun_path + 1, name.data(), name.size());
		size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
		return true;
	}

	static bool refuse(int error) {
		errno = error;
		return false;
	}
};

OwnedDescriptor make_socket(const std::string &type) {
	const int number = type == "stream"      ? SOCK_STREAM
	                   : type == "seqpacket" ? SOCK_SEQPACKET
	                   : type == "dgram"     ? SOCK_DGRAM
	                                         : -1;
	return OwnedDescriptor(socket(AF_UNIX, number | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

Napi::Value listen_unix(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string type = in.text(1);
	if (in.refused()) return {};
	OwnedDescriptor listener = make_socket(type);
	if (!listener.valid()) return throw_system_error(env, "socket", errno);
	// The mode of the socket itself is what bind(2) gives the file: nobody else can connect, not even for a moment.
	if (fchmod(listener.get(), 0600) != 0) return throw_system_error(env, "fchmod", errno);
	Address address;
	if (!address.set(path, type)) return throw_system_error(env, "open", errno, path.c_str());
	if (bind(listener.get(), address.get(), address.size) != 0)
		return throw_system_error(env, "bind", errno, path.c_str());
	// Without connections there is nothing to listen for.
	if (type != "dgram" && listen(listener.get(), SOMAXCONN) != 0)
		return throw_system_error(env, "listen", errno, path.c_str());
	return Napi::Number::New(env, listener.release());
}

Napi::Value connect_unix(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string type = in.text(1);
	if (in.refused()) return {};
	OwnedDescriptor connection = make_socket(type);
	if (!connection.valid()) return throw_system_error(env, "socket", errno);
	Address address;
	if (!address.set(path, type)) return throw_system_error(env, "open", errno, path.c_str());
	// Never EINPROGRESS: a unix socket is connected at once, or the listener's queue is full (EAGAIN).
	if (connect(connection.get(), address.get(), address.size) != 0)
		return throw_system_error(env, "connect", errno, path.c_str());
	return Napi::Number::New(env, connection.release());
}

Napi::Value accept_connection(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int listener = in.integer(0);
	if (in.refused()) return {};
	int fd;
	do fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0 && errno == EAGAIN) return info.Env().Undefined();
	if (fd < 0) return throw_system_error(info.Env(), "accept4", errno);
	return Napi::Number::New(info.Env(), fd);
}

} // namespace

void init_unix_socket(Napi::Env, Napi::Object exports) {
	offer<listen_unix>(exports, "listenUnix");
	offer<connect_unix>(exports, "connectUnix");
	offer<accept_connection>(exports, "accept");
}

} // namespace tsrun
