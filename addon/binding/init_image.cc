#include "init_image.h"

#include <cstddef>
#include <fcntl.h>
#include <mutex>

#include "memfd.h"

// The helper's image, see init_image.S.
extern "C" {
extern const char tsrun_init_image_begin[];
extern const char tsrun_init_image_end[];
}

namespace tsrun {

OwnedDescriptor open_init_image(bool fresh, const char **syscall) {
	// Shared by all JavaScript environments of the process, hence the lock, and a copy for each caller: another may
	// replace the memfd while this one is being executed.
	static std::mutex mutex;
	static OwnedDescriptor kept;
	const std::lock_guard<std::mutex> guard(mutex);
	if (fresh || !kept.valid()) {
		const auto size = static_cast<size_t>(tsrun_init_image_end - tsrun_init_image_begin);
		OwnedDescriptor made(
		    make_sealed_memfd("tsrun-init", tsrun_init_image_begin, size, Executable::yes, syscall));
		if (!made.valid()) return made;
		kept = std::move(made);
	}
	*syscall = "fcntl";
	return OwnedDescriptor(fcntl(kept.get(), F_DUPFD_CLOEXEC, 3));
}

} // namespace tsrun
