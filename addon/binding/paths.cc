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
#include "owned_descriptor.h"
#include "system_error.h"

namespace tsrun {

namespace {

bool write_all(int fd, const char *data, size_t size) {
	for (size_t done = 0; done < size;) {
		const ssize_t written = write(fd, data + done, size - done);
		if (written < 0 && errno == EINTR) continue;
		if (written < 0) return false;
		done += static_cast<size_t>(written);
	}
	return true;
}

int open_retrying(const char *path, int flags, mode_t mode = 0) {
	int fd;
	do fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

// Reads to the end; the size that files of procfs and cgroupfs report says nothing. False with errno, EFBIG past
// `most`.
bool read_all(int fd, size_t most, std::string *content) {
	content->resize(4096 < most ? 4096 : most);
	size_t length = 0;
	for (;;) {
		if (length == content->size()) content->resize(length * 4 < most + 1 ? length * 4 : most + 1);
		const ssize_t size = read(fd, content->data() + length, content->size() - length);
		if (size < 0 && errno == EINTR) continue;
		if (size < 0) return false;
		if (size == 0) break;
		length += static_cast<size_t>(size);
		if (length > most) {
			errno = EFBIG;
			return false;
		}
	}
	content->resize(length);
	return true;
}

// Of a file that is opened: 0 when it may be read, or why not.
int refusal(int fd, size_t most) {
	struct stat status;
	if (fstat(fd, &status) != 0) return errno;
	if (S_ISDIR(status.st_mode)) return EISDIR;
	if (!S_ISREG(status.st_mode)) return EINVAL;
	return static_cast<uint64_t>(status.st_size) > most ? EFBIG : 0;
}

// ESRCH, ENODEV: between the open and the read a process has ended, or a cgroup was removed.
bool means_absent(int error) {
	return error == ENOENT || error == ENOTDIR || error == ESRCH || error == ENODEV;
}

// readFile(path, flags, most, absentIsUndefined, asBytes)
Napi::Value read_file(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	const int flags = in.integer(1);
	const uint64_t most = in.count(2);
	const bool absent_is_undefined = in.boolean(3);
	const bool as_bytes = in.boolean(4);
	if (in.refused()) return {};
	const auto failed = [&](const char *call, int error) -> Napi::Value {
		if (absent_is_undefined && means_absent(error)) return env.Undefined();
		return throw_system_error(env, call, error, path.c_str());
	};
	// Non-blocking, so that a fifo in the file's place cannot make the runtime wait.
	const OwnedDescriptor file(open_retrying(path.c_str(), flags | O_RDONLY | O_NONBLOCK | O_NOCTTY));
	if (!file.valid()) return failed("open", errno);
	if (const int error = refusal(file.get(), most)) return failed("read", error);
	std::string content;
	if (!read_all(file.get(), most, &content)) return failed("read", errno);
	if (as_bytes) return Napi::Buffer<char>::Copy(env, content.data(), content.size());
	return Napi::String::New(env, content);
}

std::string text_or_bytes(Arguments &in, size_t index) {
	if (in.is_text(index)) return in.content(index);
	const Bytes bytes = in.bytes(index);
	return in.refused() ? std::string() : std::string(reinterpret_cast<const char *>(bytes.data), bytes.size);
}

// writeFile(path, content): of a file that is there
Napi::Value write_file(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string content = text_or_bytes(in, 1);
	if (in.refused()) return {};
	const OwnedDescriptor file(open_retrying(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY));
	if (!file.valid()) return throw_system_error(info.Env(), "open", errno, path.c_str());
	if (!write_all(file.get(), content.data(), content.size()))
		return throw_system_error(info.Env(), "write", errno, path.c_str());
	return info.Env().Undefined();
}

// replaceFile(path, temporary, content, mode)
Napi::Value replace_file(const Napi::CallbackInfo &info) {
	const Napi::Env env = info.Env();
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string temporary = in.text(1);
	const std::string content = text_or_bytes(in, 2);
	const mode_t mode = static_cast<mode_t>(in.integer(3));
	if (in.refused()) return {};
	OwnedDescriptor file(open_retrying(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
	if (!file.valid()) return throw_system_error(env, "open", errno, path.c_str());
	const char *failed = nullptr;
	if (!write_all(file.get(), content.data(), content.size()))
		failed = "write";
	else if (fchmod(file.get(), mode) != 0)
		failed = "fchmod";
	else if (close(file.release()) != 0) // where a file system over the network tells of a full disk
		failed = "close";
	else if (rename(temporary.c_str(), path.c_str()) != 0)
		failed = "rename";
	if (failed == nullptr) return env.Undefined();
	const int error = errno;
	unlink(temporary.c_str());
	return throw_system_error(env, failed, error, path.c_str());
}

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
	offer(exports, "readFile", read_file);
	offer(exports, "writeFile", write_file);
	offer(exports, "replaceFile", replace_file);
	offer(exports, "open", open_file);
	offer(exports, "close", close_file);
	offer(exports, "status", status_of);
	offer(exports, "readDirectory", read_directory);
	offer(exports, "mkdir", make_directory);
	offer(exports, "rmdir", remove_directory);
	offer(exports, "unlink", remove_file);
	offer(exports, "chmod", change_mode);
	offer(exports, "access", check_access);
	offer(exports, "exists", exists);
}

} // namespace tsrun
