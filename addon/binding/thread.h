#pragma once

namespace tsrun {

/// Starts a detached thread with a small stack that receives no signals: those belong to the JavaScript engine's
/// threads. Returns 0 or an errno.
int start_thread(void *(*body)(void *argument), void *argument);

/// Has such a thread do something that would change the calling one for good, and waits for its end.
int run_in_thread(void *(*body)(void *argument), void *argument);

} // namespace tsrun
