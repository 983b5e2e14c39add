// Files and directories by name. What of node:fs the life of a container takes: Bun, which the program is built with,
// needs 2 ms to load that module, half of what it takes to make the container.
#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "open_retrying.h"
#include "system_error.h"

namespace tsrun {

namespace {

Napi::Value open_file(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	const int flags = in.integer(1);
	const int mode = in.integer(2);
	if (in.refused()) return {};
	const int fd = open_retrying(path.c_str(), flags, static_cast<mode_t>(mode));
	if (fd < 0) return throw_system_error(info.Env(), "open", errno, path.c_str());
	return Napi::Number::New(info.Env(), fd);
}

Napi::Value close_file(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	if (in.refused()) return {};
	// After EINTR the descriptor is closed all the same (close(2)).
	if (close(fd) != 0 && errno != EINTR) return throw_system_error(info.Env(), "close", errno);
	return info.Env().Undefined();
}

// status(path or descriptor, follow): seven numbers, or undefined where there is nothing
Napi::Value status_of(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const bool by_path = in.is_text(0);
	const std::string path = by_path ? in.text(0) : std::string();
	const int fd = by_path ? -1 : in.integer(0);
	const bool follow = in.boolean(1);
	if (in.refused()) return {};
	struct stat status;
	const int result =
	    by_path ? fstatat(AT_FDCWD, path.c_str(), &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) : fstat(fd, &status);
	if (result != 0) {
		if (by_path && errno == ENOENT) return env.Undefined();
		const char *name = by_path ? (follow ? "stat" : "lstat") : "fstat";
		return throw_system_error(env, name, errno, by_path ? path.c_str() : nullptr);
	}
	const double numbers[] = {
	    static_cast<double>(status.st_dev),  static_cast<double>(status.st_ino),
	    static_cast<double>(status.st_mode), static_cast<double>(status.st_nlink),
	    static_cast<double>(status.st_uid),  static_cast<double>(status.st_gid),
	    static_cast<double>(status.st_size),
	};
	Napi::Array list = Napi::Array::New(env, std::size(numbers));
	for (uint32_t index = 0; index < std::size(numbers); index++) list.Set(index, numbers[index]);
	return list;
}

// readDirectory(path): names and types (DT_*) in turn, without "." and ".."
Napi::Value read_directory(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	if (in.refused()) return {};
	DIR *directory = opendir(path.c_str());
	if (directory == nullptr) return throw_system_error(env, "scandir", errno, path.c_str());
	Napi::Array list = Napi::Array::New(env);
	uint32_t index = 0;
	errno = 0;
	while (const dirent *entry = readdir(directory)) {
		const std::string name = entry->d_name;
		if (name == "." || name == "..") continue;
		list.Set(index++, name);
		list.Set(index++, static_cast<uint32_t>(entry->d_type));
		errno = 0;
	}
	const int error = errno;
	closedir(directory);
	if (error != 0) return throw_system_error(env, "scandir", error, path.c_str());
	return list;
}

// A call of one path, and perhaps a mode, that gives nothing.
template <typename Call>
Napi::Value on_path(const Napi::CallbackInfo &info, const char *name, Call call) {
	Arguments in(info);
	const std::string path = in.text(0);
	const int mode = info.Length() > 1 ? in.integer(1) : 0;
	if (in.refused()) return {};
	if (call(path.c_str(), static_cast<mode_t>(mode)) != 0)
		return throw_system_error(info.Env(), name, errno, path.c_str());
	return info.Env().Undefined();
}

Napi::Value make_directory(const Napi::CallbackInfo &info) {
	return on_path(info, "mkdir", [](const char *path, mode_t mode) { return mkdir(path, mode); });
}

Napi::Value remove_directory(const Napi::CallbackInfo &info) {
	return on_path(info, "rmdir", [](const char *path, mode_t) { return rmdir(path); });
}

Napi::Value remove_file(const Napi::CallbackInfo &info) {
	return on_path(info, "unlink", [](const char *path, mode_t) { return unlink(path); });
}

Napi::Value change_mode(const Napi::CallbackInfo &info) {
	return on_path(info, "chmod", [](const char *path, mode_t mode) { return chmod(path, mode); });
}

Napi::Value check_access(const Napi::CallbackInfo &info) {
	return on_path(info, "access",
	               [](const char *path, mode_t mode) { return access(path, static_cast<int>(mode)); });
}

Napi::Value exists(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	if (in.refused()) return {};
	return Napi::Boolean::New(info.Env(), access(path.c_str(), F_OK) == 0);
}

} // namespace

void init_paths(Napi::Env, Napi::Object exports) {
	offer<open_file>(exports, "open");
	offer<close_file>(exports, "close");
	offer<status_of>(exports, "status");
	offer<read_directory>(exports, "readDirectory");
	offer<make_directory>(exports, "mkdir");
	offer<remove_directory>(exports, "rmdir");
	offer<remove_file>(exports, "unlink");
	offer<change_mode>(exports, "chmod");
	offer<check_access>(exports, "access");
	offer<exists>(exports, "exists");
}

} // namespace tsrun
