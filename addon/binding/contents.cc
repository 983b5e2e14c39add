// What is in files: read, written, replaced.
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <linux/fs.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "open_retrying.h"
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

// Writes a file that is not there yet. The call that failed, with errno and no file left, or null.
const char *write_new_file(const std::string &path, const std::string &content, mode_t mode) {
	OwnedDescriptor file(open_retrying(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
	if (!file.valid()) return "open";
	const char *failed = nullptr;
	if (!write_all(file.get(), content.data(), content.size()))
		failed = "write";
	else if (fchmod(file.get(), mode) != 0)
		failed = "fchmod";
	else if (close(file.release()) != 0) // where a file system over the network tells of a full disk
		failed = "close";
	if (failed == nullptr) return nullptr;
	const int error = errno;
	unlink(path.c_str());
	errno = error;
	return failed;
}

// createFile(path, content, mode)
Napi::Value create_file(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string content = text_or_bytes(in, 1);
	const mode_t mode = static_cast<mode_t>(in.integer(2));
	if (in.refused()) return {};
	if (const char *failed = write_new_file(path, content, mode))
		return throw_system_error(info.Env(), failed, errno, path.c_str());
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
	if (const char *failed = write_new_file(temporary, content, mode))
		return throw_system_error(env, failed, errno, path.c_str());
	if (rename(temporary.c_str(), path.c_str()) == 0) return env.Undefined();
	const int error = errno;
	unlink(temporary.c_str());
	return throw_system_error(env, "rename", error, path.c_str());
}

// takePlace(path, other): of a file, if there is one. ext4 begins to write what a rename puts in the place of another
// file to the disk, and whoever removes it then waits for the disk, half a millisecond; two that are exchanged it
// leaves alone.
Napi::Value take_place(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string path = in.text(0);
	const std::string other = in.text(1);
	if (in.refused()) return {};
	if (syscall(SYS_renameat2, AT_FDCWD, path.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) {
		// It is done by now. What may be left is the old file under the name of the new one, as after a kill.
		unlink(path.c_str());
		return info.Env().Undefined();
	}
	// Not every file system can exchange (EINVAL), and a filter may not know the call (ENOSYS, EPERM).
	if (rename(path.c_str(), other.c_str()) != 0)
		return throw_system_error(info.Env(), "rename", errno, path.c_str());
	return info.Env().Undefined();
}

} // namespace

void init_contents(Napi::Env, Napi::Object exports) {
	offer<read_file>(exports, "readFile");
	offer<write_file>(exports, "writeFile");
	offer<create_file>(exports, "createFile");
	offer<replace_file>(exports, "replaceFile");
	offer<take_place>(exports, "takePlace");
}

} // namespace tsrun
