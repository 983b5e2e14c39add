#pragma once

#include <napi.h>

namespace tsrun {

/// Throws an Error with `errno` (positive), `code` ("EPERM"), `syscall` and, unless null, `path`.
/// Returns the empty value, which a function that threw hands back to JavaScript.
Napi::Value throw_system_error(Napi::Env env, const char *syscall, int error, const char *path = nullptr);

} // namespace tsrun
