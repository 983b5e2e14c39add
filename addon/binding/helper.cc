#include "helper.h"

#include <cstddef>
#include <mutex>

#include "memfd.h"

// The helper's image, see helper_image.S.
extern "C" {
extern const char tsrun_helper_begin[];
extern const char tsrun_helper_end[];
}

namespace tsrun {

int helper_descriptor(const char **syscall) {
	// Shared by all JavaScript environments of the process, hence the lock.
	static std::mutex mutex;
	static int descriptor = -1;
	const std::lock_guard<std::mutex> guard(mutex);
	if (descriptor < 0) {
		const auto size = static_cast<size_t>(tsrun_helper_end - tsrun_helper_begin);
		descriptor = make_sealed_memfd("tsrun-init", tsrun_helper_begin, size, Executable::yes, syscall);
	}
	return descriptor;
}

} // namespace tsrun
