#pragma once

#include "owned_descriptor.h"

namespace tsrun {

/// A descriptor of the sealed memfd that holds the init helper. It is made once in a process and kept for the next
/// container; `fresh` makes another in its place. Not valid on failure, with errno set; `*syscall` is then the call
/// that failed.
OwnedDescriptor open_init_image(bool fresh, const char **syscall);

} // namespace tsrun
