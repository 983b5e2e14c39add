#include "memfd.h"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arguments.h"
#include "module.h"
#include "owned_descriptor.h"
#include "system_error.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020
#endif

namespace tsrun {

namespace {

int create(const char *name, Executable executable) {
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	const int fd = memfd_create(name, flags | (executable == Executable::yes ? MFD_EXEC : MFD_NOEXEC_SEAL));
	// Linux 6.3 knows the two flags, and logs a warning for callers that give neither.
	return fd >= 0 || errno != EINVAL ? fd : memfd_create(name, flags);
}

bool fill(int fd, const void *bytes, size_t size) {
	const auto *from = static_cast<const uint8_t *>(bytes);
	for (size_t done = 0; done < size;) {
		const ssize_t written = pwrite(fd, from + done, size - done, static_cast<off_t>(done));
		if (written < 0 && errno != EINTR) return false;
		if (written > 0) done += static_cast<size_t>(written);
	}
	return true;
}

bool seal(int fd) {
	const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	if (fcntl(fd, F_ADD_SEALS, seals | F_SEAL_EXEC) == 0) return true;
	return errno == EINVAL && fcntl(fd, F_ADD_SEALS, seals) == 0; // F_SEAL_EXEC: Linux 6.3
}

Napi::Value sealed_memfd(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const std::string name = in.text(0);
	const Bytes bytes = in.bytes(1);
	if (in.refused()) return {};
	const char *syscall = nullptr;
	const int fd = make_sealed_memfd(name.c_str(), bytes.data, bytes.size, Executable::no, &syscall);
	if (fd < 0) return throw_system_error(info.Env(), syscall, errno);
	return Napi::Number::New(info.Env(), fd);
}

} // namespace

int make_sealed_memfd(const char *name, const void *bytes, size_t size, Executable executable, const char **syscall) {
	*syscall = "memfd_create";
	OwnedDescriptor memfd(create(name, executable));
	if (!memfd.valid()) return -1;
	const char *failed = nullptr;
	if (!fill(memfd.get(), bytes, size))
		failed = "pwrite";
	else if (!seal(memfd.get()))
		failed = "fcntl";
	if (failed == nullptr) return memfd.release();
	*syscall = failed;
	const int error = errno;
	memfd = OwnedDescriptor();
	errno = error;
	return -1;
}

void init_memfd(Napi::Env, Napi::Object exports) {
	offer<sealed_memfd>(exports, "sealedMemfd");
}

} // namespace tsrun
