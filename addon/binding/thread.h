#pragma once

#include <sched.h>

namespace tsrun {

/// Starts a detached thread with a small stack that receives no signals: those belong to the JavaScript engine's
/// threads. Returns 0 or an errno.
int start_thread(void *(*body)(void *argument), void *argument);

/// The same, on another processor than that of the caller, who has something else to do: Linux 6.18 was seen to leave
/// every other such thread waiting for its maker to sleep, while the other processor was idle. `allowed` is what the
/// thread restores before it makes a process, which would inherit the choice; empty where there was none.
int start_thread_beside(void *(*body)(void *argument), void *argument, cpu_set_t *allowed);

/// Has such a thread do something that would change the calling one for good, and waits for its end.
int run_in_thread(void *(*body)(void *argument), void *argument);

} // namespace tsrun
