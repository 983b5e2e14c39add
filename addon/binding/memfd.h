#pragma once

#include <cstddef>

namespace tsrun {

enum class Executable : bool { no, yes };

/// Descriptor (close-on-exec) of an anonymous file with these bytes that nobody can change any more; its offset is 0.
/// -1 with errno set on failure; `*syscall` is then the call that failed.
int make_sealed_memfd(const char *name, const void *bytes, size_t size, Executable executable, const char **syscall);

} // namespace tsrun
