#include "close_from.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tsrun {

namespace {

struct linux_dirent64 {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

int parse_number(const char *text) {
	int number = 0;
	if (*text == '\0') return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9') return -1;
		number = number * 10 + (*text - '0');
	}
	return number;
}

// Entries are closed while they are listed: procfs lists by descriptor number, so none is skipped.
bool close_listed(int first) {
	const int directory = open("/proc/thread-self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) return false;
	alignas(linux_dirent64) char buffer[1024];
	long size;
	while ((size = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
		for (long at = 0; at < size;) {
			const auto *entry = reinterpret_cast<const linux_dirent64 *>(buffer + at);
			const int fd = parse_number(entry->name);
			if (fd >= first && fd != directory) close(fd);
			at += entry->length;
		}
	}
	close(directory);
	return size == 0;
}

} // namespace

bool close_from(int first) {
	if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) return true;
	// ENOSYS: before Linux 5.9; EPERM: the seccomp profile of an old container engine around us.
	return (errno == ENOSYS || errno == EPERM) && close_listed(first);
}

} // namespace tsrun
