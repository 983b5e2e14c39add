#pragma once

#include <cstddef>

namespace tsrun {

/// What the vforked child needs. It lives in the parent's memory: the parent is suspended until the child has executed
/// the helper or ended, and reads what the child has written afterwards.
struct SpawnChild {
	int *descriptors; ///< number i becomes descriptor i; -1: /dev/null; the child overwrites the array
	int count;
	int helper;
	char *const *argv;
	bool new_user_namespace;
	int channel; ///< our end of the helper's channel; -1: nothing is said in it
	const void *message;
	size_t message_size;
	bool into_cgroup = false;     ///< it was born in its cgroup
	bool told = false;            ///< the message is in the channel
	bool began = false;           ///< it has come as far as its first instruction
	const char *failed = nullptr; ///< the system call that failed, or null
	int error = 0;
};

/// The child's whole life before the helper; `argument` is a SpawnChild. Does not return.
void run_spawn_child(void *argument);

} // namespace tsrun
