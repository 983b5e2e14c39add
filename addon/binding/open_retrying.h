#pragma once

#include <cerrno>
#include <fcntl.h>
#include <sys/types.h>

namespace tsrun {

/// open(2), close-on-exec, again where a signal came between; -1 with errno.
inline int open_retrying(const char *path, int flags, mode_t mode = 0) {
	int fd;
	do fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

} // namespace tsrun
