#pragma once

namespace tsrun {

/// Descriptor of the sealed memfd that holds the init helper; made once per process, and not to be closed.
/// -1 with errno set on failure; `*syscall` is then the call that failed.
int helper_descriptor(const char **syscall);

} // namespace tsrun
