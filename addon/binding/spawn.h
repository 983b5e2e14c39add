#pragma once

#include <cstdint>
#include <napi.h>
#include <string>
#include <vector>

#include "owned_descriptor.h"

namespace tsrun {

// What one attempt needs. The child overwrites the descriptors it is given, so each attempt has its own.
struct Request {
	uint64_t flags;
	int cgroup;
	std::vector<int> fds;
	std::string preserved;
	int channel;
	int helpers_end; // of the channel
	std::string message;
};

struct Spawned {
	int pid = -1;
	OwnedDescriptor pidfd;
	bool into_cgroup = false;
	bool told = false;
	bool stillborn = false;       // in the cgroup, before its first instruction; it is gone
	const char *failed = nullptr; // the system call; null: the helper runs
	int error = 0;
};

/// Starts the init helper.
Spawned spawn(Request request);

/// The request that is the first argument. False: an exception is pending.
bool read_request(const Napi::CallbackInfo &info, Request *request);

/// What is told of a helper, or the exception of a failure.
Napi::Value result_of(Napi::Env env, Spawned spawned);

} // namespace tsrun
